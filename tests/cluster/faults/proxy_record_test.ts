/** The judge of the proxy's record finds what it is there to find. */
import assert from "node:assert/strict";
import type { SeenRequest } from "../../support/fault_proxy.ts";
import { judgePatience, judgeResumption, toldToWait } from "./proxy_record.ts";

const request = (at: number, query: string, more: Partial<SeenRequest> = {}): SeenRequest => {
  const url = new URL(`https://server/api/v1/secrets?${query}`);
  const isWatch = url.searchParams.get("watch") === "true";
  return {
    method: "GET",
    path: url.pathname,
    search: url.searchParams,
    isWatch,
    at,
    answeredAt: at,
    status: 200,
    ...more,
  };
};
const watch = (at: number, query: string, endedAt?: number, lastVersion?: string) =>
  request(at, `watch=true&${query}`, { endedAt, lastVersion });

const RESUMPTIONS = [
  {
    name: "from the last event, and where there was none from its own beginning",
    watches: [
      watch(0, "resourceVersion=5", 1_000, "7"),
      watch(2_000, "resourceVersion=7", 3_000),
      watch(4_000, "resourceVersion=7"),
    ],
    resumed: 2,
    findings: /^$/,
  },
  {
    name: "from too early",
    watches: [watch(0, "resourceVersion=5", 1_000, "7"), watch(2_000, "resourceVersion=5")],
    resumed: 1,
    findings: /^\/api\/v1\/secrets was watched from 5 after a watch that had come to 7$/,
  },
  {
    name: "by a list that is streamed",
    watches: [watch(0, "resourceVersion=5", 1_000), watch(2_000, "sendInitialEvents=true")],
    resumed: 1,
    findings: /^\/api\/v1\/secrets was listed anew after a watch that had come to 5$/,
  },
  {
    name: "at once",
    watches: [watch(0, "resourceVersion=5", 10), watch(20, "resourceVersion=5")],
    resumed: 1,
    findings: /^\/api\/v1\/secrets was watched twice within 20 ms$/,
  },
  {
    name: "after one that broke off, and of another selector",
    watches: [
      watch(0, "resourceVersion=5"),
      watch(10, "resourceVersion=4", 20),
      watch(30, "resourceVersion=1&labelSelector=a"),
    ],
    resumed: 0,
    findings: /^$/,
  },
];
for (const { name, watches, resumed, findings } of RESUMPTIONS) {
  Deno.test(`F4: a watch that goes on ${name}`, () => {
    const judged = judgeResumption(watches);
    assert.match(judged.findings.join("\n"), findings);
    assert.equal(judged.resumed, resumed);
  });
}

const busy = { status: 429, retryAfter: 2 };
const PATIENCE = [
  { name: "in time", requests: [request(0, "limit=500", busy), request(2_000, "limit=500")], findings: /^$/ },
  {
    name: "too early",
    requests: [request(0, "limit=500", busy), request(1_500, "limit=500")],
    findings: /^GET \/api\/v1\/secrets\?limit=500 came again 500 ms before the 2 s were over$/,
  },
  {
    name: "after an answer that came late",
    requests: [request(0, "limit=500", { ...busy, answeredAt: 1_000 }), request(2_500, "limit=500")],
    findings: /came again 500 ms before/,
  },
];
for (const { name, requests, findings } of PATIENCE) {
  Deno.test(`F7: a request that comes again ${name}, others meanwhile`, () => {
    const others = [
      request(10, "limit=1"),
      request(20, "limit=500", { method: "POST" }),
      // Two kinds of one group look for themselves, and two watches of one kind.
      ...["/apis/g/v1", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.g"].flatMap((path) => [
        request(30, "", { ...busy, path }),
        request(40, "", { path }),
      ]),
    ];
    const judged = judgePatience([...requests, ...others].toSorted((a, b) => a.at - b.at));
    assert.match(judged.findings.join("\n"), findings);
    assert.equal(judged.waited, 1);
    assert.deepEqual([toldToWait(requests), toldToWait(others)], [1, 0], "only the one that is judged counts");
  });
}
