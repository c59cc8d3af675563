// The writing thread of the stress test of rings.
import { parentPort, workerData } from 'node:worker_threads';
import { RecordStream } from './record-stream.js';
import { producerOf, type RingJob } from './ring-jobs.js';

parentPort?.once('message', () => {
  for (const job of (workerData as { readonly jobs: readonly RingJob[] }).jobs) {
    const producer = producerOf(job);
    const stream = new RecordStream(job.seed, job.leastBytes, job.mostBytes);
    for (let sent = 0; sent < job.records; sent++) {
      stream.next();
      while (!producer.tryPush(stream.bytes, 0, stream.length));
    }
    producer.flush();
  }
});
parentPort?.postMessage('ready');
