/** Which troubles of a watch are worth a restart, and that each of them shows in its age. */
import assert from "node:assert/strict";
import { healthOf } from "../../src/cli/run_telemetry.ts";
import { KubeClient } from "../../src/kube/client.ts";
import { Discovery } from "../../src/kube/discovery.ts";
import { WatchingReader } from "../../src/kube/reader.ts";
import { FakeClock } from "./fake_clock.ts";
import { json, secretList, serveBytes, serveHttp, status, type TestServer } from "./protocol_server.ts";
import { DISCOVERY, fails, NO_STREAMS } from "./reflector_rig.ts";

const MINUTES = 15;
/** As the alert MoonferryWatchStale has it. */
const STALE_ALERT_MILLISECONDS = 180_000;
const SECRETS = { group: "", version: "v1", kind: "Secret" };

/** Answers as the kind's discovery, and everything else by `answer`. */
const always = (answer: (search: URLSearchParams) => Response): () => TestServer => () =>
  serveHttp((request) => {
    const { pathname, searchParams } = new URL(request.url);
    return pathname === "/api/v1" ? json(DISCOVERY) : answer(searchParams);
  });

const rows: readonly { name: string; server: () => TestServer; isHealthy: boolean }[] = [
  { name: "no right to list (403)", server: always(fails(403, "Forbidden")), isHealthy: true },
  {
    name: "no right to watch (403)",
    server: always((search) =>
      search.has("sendInitialEvents")
        ? NO_STREAMS()
        : search.has("watch")
        ? fails(403, "Forbidden")()
        : json(secretList(["a"], "10"))
    ),
    isHealthy: true,
  },
  { name: "a selector that the server refuses (400)", server: always(fails(400, "BadRequest")), isHealthy: true },
  { name: "422", server: always(fails(422, "Invalid")), isHealthy: true },
  { name: "no such path (404)", server: always(fails(404, "NotFound")), isHealthy: true },
  { name: "too busy (429)", server: always(fails(429, "TooManyRequests")), isHealthy: true },
  { name: "storage away (500)", server: always(fails(500, "InternalError")), isHealthy: true },
  { name: "a proxy without its server (503)", server: always(fails(503, "ServiceUnavailable")), isHealthy: true },
  {
    name: "a proxy that says when to come back, hours away",
    server: always(() => json(status(503, "ServiceUnavailable", "away"), 503, { "retry-after": "36000" })),
    isHealthy: true,
  },
  { name: "credentials that a restart reads anew (401)", server: always(fails(401, "Unauthorized")), isHealthy: false },
  { name: "connections that end without an answer", server: () => serveBytes([""]), isHealthy: false },
];

for (const { name, server: start, isHealthy } of rows) {
  Deno.test(`${MINUTES} min of ${name}: ${isHealthy ? "no reason to restart" : "a restart may help"}`, async () => {
    const clock = new FakeClock();
    await using server = start();
    const client = new KubeClient(server.connection, { clock });
    const reader = new WatchingReader({ client, clock, discovery: new Discovery(client, clock) }, {
      onEvent: () => {},
    });
    const begin = clock.now();
    const asked = reader.list(SECRETS, new AbortController().signal);
    while (clock.now() - begin < MINUTES * 60_000) {
      // A wait after a failure, and none for an answer that may still come.
      await clock.untilSleeping((ms) => ms !== 30_000 && ms !== 90_000);
      clock.advance(25_000);
    }
    assert.ok((await asked).unknown ?? (await asked).objects);
    const [watch] = reader.watches();
    assert.equal(watch!.isKnown, name.includes("404"));
    assert.ok(watch!.age > STALE_ALERT_MILLISECONDS, `its age of ${watch!.age} ms shows the trouble`);
    const problems = healthOf(reader.watches());
    if (isHealthy) assert.deepEqual(problems, []);
    else assert.match(problems.join(), /^the watch of Secret has heard nothing for \d+ s$/);
    await reader.close();
    client.close();
  });
}
