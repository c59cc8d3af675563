#!/bin/busybox sh
# First program of the emulated machine: runs the test and switches the machine off.
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox ip link set lo up
export PATH=/bin HOME=/
/bin/node /app/main.mjs
echo "HIOLOAD-EXIT $?"
/bin/busybox poweroff -f
