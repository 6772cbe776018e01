/** Keeps a thread busy as long as the number that it was sent is 0. */
const worker = self as unknown as Worker & { close(): void };
worker.addEventListener("message", ({ data }: MessageEvent<Int32Array>) => {
  worker.postMessage("busy");
  while (Atomics.load(data, 0) === 0);
  worker.close();
});
