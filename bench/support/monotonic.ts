import { dlopen, ptr } from "bun:ffi";

const libc = dlopen(process.platform === "darwin" ? "libSystem.dylib" : "libc.so.6", {
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
});
/** clock_gettime(2): 1 on Linux, 6 on macOS. */
const CLOCK_MONOTONIC = process.platform === "darwin" ? 6 : 1;
const time = new BigInt64Array(2);
const address = ptr(time);

/**
 * Nanoseconds of the machine's monotonic clock: one clock for all processes, which neither `performance.now` nor Bun's
 * `process.hrtime` are, and never put right in between, as the wall clock is.
 */
export function monotonicNs(): number {
  libc.symbols.clock_gettime(CLOCK_MONOTONIC, address);
  return Number(time[0]) * 1e9 + Number(time[1]);
}
