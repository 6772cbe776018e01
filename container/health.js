/** What the image's HEALTHCHECK runs: 0 where `run --listen=:8080` says that it is well; for any other port, a check of your own. */
const answer = await fetch("http://127.0.0.1:8080/healthz", { signal: AbortSignal.timeout(5_000) }).catch(() =>
  undefined
);
Deno.exit(answer?.status === 200 ? 0 : 1);
