// The limit: a ring of our own in C++, the same design, for `bench pool`. Prints one number, as the series asks for it.
//   spsc-ring throughput CPU CPU RECORDS FLUSH_EVERY RECORD_BYTES RING_BYTES   records a second
//   spsc-ring roundtrip  CPU CPU RECORDS                                      median of there and back, in nanoseconds
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <string>
#include <thread>
#include <vector>

using Clock = std::chrono::steady_clock;

struct alignas(128) Line {
  std::atomic<uint32_t> value{0};
};

class Ring {
public:
  Ring(uint32_t capacity, uint32_t words) : capacity_(capacity), words_(words), slots_(size_t(capacity) * words) {}

  uint32_t *reserve() {
    if (tail_ - headSeen_ == capacity_) {
      headSeen_ = head_.value.load(std::memory_order_acquire);
      if (tail_ - headSeen_ == capacity_) {
        flush();
        return nullptr;
      }
    }
    return &slots_[size_t(tail_ & (capacity_ - 1)) * words_];
  }
  void commit(uint32_t flushEvery) {
    if (++tail_ - visible_ >= flushEvery) flush();
  }
  void flush() {
    visible_ = tail_;
    tail_line_.value.store(tail_, std::memory_order_release);
  }
  template <class Sink> uint32_t drain(uint32_t limit, Sink sink) {
    const uint32_t tail = tail_line_.value.load(std::memory_order_acquire);
    const uint32_t count = std::min(limit, tail - read_);
    for (uint32_t i = 0; i < count; i++) sink(&slots_[size_t((read_ + i) & (capacity_ - 1)) * words_]);
    if (count > 0) head_.value.store(read_ += count, std::memory_order_release);
    return count;
  }

private:
  const uint32_t capacity_, words_;
  std::vector<uint32_t> slots_;
  alignas(128) uint32_t tail_ = 0;
  uint32_t visible_ = 0, headSeen_ = 0;
  alignas(128) uint32_t read_ = 0;
  Line tail_line_, head_;
};

// As the readers in JavaScript do: about a tenth of a microsecond, in which the line of TAIL stays with the writer.
static void spinPause() {
  for (int i = 0; i < 3; i++) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
  }
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static void write(uint32_t *record, uint32_t words, uint32_t sequence) {
  for (uint32_t i = 0; i < words; i++) record[i] = sequence + i;
}
static bool check(const uint32_t *record, uint32_t words, uint32_t sequence) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < words; i++) sum += record[i];
  return sum == words * sequence + words * (words - 1) / 2;
}

int main(int argc, char **argv) {
  const std::string series = argc > 4 ? argv[1] : "";
  const int here = argc > 4 ? atoi(argv[2]) : 0, there = argc > 4 ? atoi(argv[3]) : 0;
  const uint32_t records = argc > 4 ? uint32_t(atoll(argv[4])) : 0;
  pin(here);
  if (series == "throughput" && argc > 7) {
    const uint32_t flushEvery = uint32_t(atoi(argv[5])), words = uint32_t(atoi(argv[6])) / 4;
    Ring ring(uint32_t(atoi(argv[7])) / (4 * words), words);
    std::thread producer([&] {
      pin(there);
      for (uint32_t i = 0; i < records; i++) {
        uint32_t *record;
        while (!(record = ring.reserve())) {}
        write(record, words, i);
        ring.commit(flushEvery);
      }
      ring.flush();
    });
    uint32_t seen = 0, wrong = 0;
    const uint32_t warm = records / 4;
    Clock::time_point begin;
    while (seen < records) {
      const bool cold = seen < warm;
      const uint32_t few = 64;
      if (ring.drain(1024, [&](const uint32_t *record) { wrong += !check(record, words, seen++); }) < few) spinPause();
      if (cold && seen >= warm) begin = Clock::now();
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    producer.join();
    if (wrong) return 1;
    printf("%.0f\n", (records - warm) / seconds);
    return 0;
  }
  if (series == "roundtrip") {
    Ring ping(64, 16), pong(64, 16);
    std::thread peer([&] {
      pin(there);
      for (uint32_t seen = 0; seen < records;) {
        ping.drain(1, [&](const uint32_t *record) {
          uint32_t *answer = pong.reserve();
          memcpy(answer, record, 64);
          pong.commit(1);
          seen++;
        });
      }
    });
    std::vector<double> times;
    for (uint32_t i = 0; i < records; i++) {
      const auto begin = Clock::now();
      write(ping.reserve(), 16, i);
      ping.commit(1);
      while (!pong.drain(1, [](const uint32_t *) {})) {}
      times.push_back(std::chrono::duration<double, std::nano>(Clock::now() - begin).count());
    }
    peer.join();
    std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
    printf("%.0f\n", times[times.size() / 2]);
    return 0;
  }
  fprintf(stderr, "unknown series\n");
  return 2;
}
