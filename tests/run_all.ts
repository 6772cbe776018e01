/**
 * Runs every test that this machine can run, group by group, each with the permissions that it needs and no more, and ends
 * with one line: `N passed, N failed`; before it each group that failed says once more what did. A group whose output holds
 * anything of the tests' Secrets has failed. Groups that need an API server mostly wait for it, so they run beside the others.
 * `deno task test`; `deno task ok` runs the quick groups alone (`--quick`).
 */
import { apiServerBinary, NoApiServer } from "./support/build_apiserver.ts";
import { missingImageTools } from "./container/image_tools.ts";
import { findTestSecrets } from "./support/canaries.ts";

interface Group {
  readonly name: string;
  readonly paths: readonly string[];
  readonly permissions: readonly string[];
  /** The examples in docstrings and Markdown rather than test files. */
  readonly isDoc?: boolean;
  /** Needs the API server. */
  readonly isCluster?: boolean;
  /** Needs root, and Debian's tools for images. */
  readonly isContainer?: boolean;
  /** Left out by `--quick`. */
  readonly isSlow?: boolean;
}

const READ = "--allow-read=.";
const GROUPS: readonly Group[] = [
  { name: "architecture", paths: ["tests/architecture_test.ts"], permissions: [READ] },
  {
    name: "engines",
    paths: ["tests/json", "tests/yaml", "tests/template", "tests/cel", "tests/regex"],
    permissions: [READ],
  },
  // Reads the pinned package in Deno's cache, to compare it with what is checked in.
  { name: "sandbox", paths: ["tests/sandbox"], permissions: ["--allow-read"] },
  {
    name: "conformance",
    paths: ["tests/conformance"],
    permissions: ["--allow-read", "--allow-write", "--allow-run", "--allow-env"],
  },
  { name: "core", paths: ["tests/api", "tests/reconcile", "tests/controller"], permissions: [READ] },
  { name: "fuzz", paths: ["tests/fuzz"], permissions: [READ, "--allow-net=127.0.0.1"] },
  { name: "telemetry", paths: ["tests/telemetry"], permissions: [READ, "--allow-net=127.0.0.1"] },
  // It loads other tests for their names, and one of them asks for a variable.
  { name: "docs", paths: ["tests/docs"], permissions: [READ, "--allow-env=MOONFERRY_PAGE"] },
  { name: "examples in docs", paths: ["docs", "src/template"], permissions: [], isDoc: true },
  { name: "manifests", paths: ["tests/manifests"], permissions: ["--allow-read", "--allow-write"] },
  {
    name: "kube",
    paths: ["tests/kube"],
    permissions: ["--allow-read", "--allow-write", "--allow-net=127.0.0.1", "--allow-run", "--allow-env"],
  },
  {
    name: "command line",
    paths: ["tests/cli", "tests/container/entrypoint_test.ts"],
    permissions: ["--allow-read", "--allow-write", "--allow-run", "--allow-env", "--allow-net=127.0.0.1"],
  },
  {
    name: "release",
    paths: ["tests/release"],
    permissions: ["--allow-read", "--allow-write", "--allow-run", "--allow-env"],
    isSlow: true,
  },
  { name: "scenarios", paths: ["tests/scenarios"], permissions: ["--allow-read", "--allow-run"] },
  { name: "cluster", paths: ["tests/cluster"], permissions: ["--allow-all"], isCluster: true, isSlow: true },
  {
    name: "container",
    paths: ["tests/container/image_test.ts"],
    permissions: ["--allow-all"],
    isCluster: true,
    isContainer: true,
    isSlow: true,
  },
  { name: "security", paths: ["tests/security"], permissions: ["--allow-all"], isCluster: true, isSlow: true },
];

interface Counts {
  passed: number;
  failed: number;
  /** What the groups that failed said of it: it is shown at the end, since they stand far above the last line. */
  readonly failures: string[];
}

/** Lines of one group that are shown once more. */
const FAILURE_LINES = 120;

const say = (text: string) => console.log(text);

/** Runs one group as a process of its own; its output goes through line by line, as it comes. */
async function runGroup(group: Group, total: Counts): Promise<void> {
  const paths = await existing(group.paths);
  if (paths.length === 0) return;
  say(`\n== ${group.name}`);
  const started = performance.now();
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--cached-only",
      "--no-prompt",
      "--quiet",
      ...(group.isDoc ? ["--doc"] : []),
      ...group.permissions,
      ...paths,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [output, errors] = await Promise.all([
    passOn(process.stdout, Deno.stdout, group),
    passOn(process.stderr, Deno.stderr, group),
  ]);
  const { success } = await process.status;
  // deno-lint-ignore no-control-regex -- colours of the test runner
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const summary = /(\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/.exec(plain);
  const passed = Number(summary?.[1] ?? 0);
  const failed = Number(summary?.[2] ?? 0);
  total.passed += passed;
  // A group that ends badly without counting (a type error, a crash) has failed all the same.
  total.failed += failed > 0 ? failed : success && summary ? 0 : 1;
  if (failed > 0 || !success || !summary) {
    const told = plain.slice(Math.max(0, plain.lastIndexOf("\n ERRORS "))).trim().split("\n");
    const shown = told.length > FAILURE_LINES ? told.slice(-FAILURE_LINES) : told;
    total.failures.push(`\n== ${group.name}, once more\n${shown.join("\n")}`);
  }
  const secrets = findTestSecrets(`${output}\n${errors}`);
  if (secrets.length > 0) {
    total.failed++;
    total.failures.push(`\n== ${group.name}: its output holds Secrets, see above`);
    say(`!! ${group.name}: its output holds what stands in the tests' Secrets: ${secrets.join(", ")}`);
  }
  say(`== ${group.name}: ${passed} passed, ${failed} failed, ${Math.round((performance.now() - started) / 1000)} s`);
}

/** Shows the text line by line, and gives all of it. Lines of what runs beside the rest say whose they are. */
async function passOn(
  from: ReadableStream<Uint8Array>,
  to: { writeSync(bytes: Uint8Array): number },
  { name, isCluster }: Group,
): Promise<string> {
  let all = "", line = "";
  const encoder = new TextEncoder();
  const prefix = isCluster ? `${name} | ` : "";
  const write = (text: string) => {
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
  };
  for await (const text of from.pipeThrough(new TextDecoderStream())) {
    all += text;
    const lines = (line + text).split("\n");
    line = lines.pop()!;
    if (lines.length > 0) write(lines.map((one) => `${prefix}${one}\n`).join(""));
  }
  if (line !== "") write(`${prefix}${line}\n`);
  return all;
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    try {
      await Deno.stat(path);
      found.push(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}

/** True where the cluster tests can run; says loudly where they can't. */
async function hasApiServer(total: Counts): Promise<boolean> {
  try {
    await apiServerBinary((text) => say(`\n== ${text}`));
    return true;
  } catch (error) {
    if (!(error instanceof NoApiServer)) throw error;
    didNotRun(`THE CLUSTER TESTS DID NOT RUN: ${error.message}`, total);
    return false;
  }
}

/** True where an image can be built and run; says loudly where it can't. */
function hasImageTools(total: Counts): boolean {
  const missing = missingImageTools();
  if (missing.length > 0) didNotRun(`THE CONTAINER TEST DID NOT RUN: it needs ${missing.join(", ")}`, total);
  return missing.length === 0;
}

/** A failure where all is to be run. */
function didNotRun(text: string, total: Counts): void {
  say(`\n${"!".repeat(80)}\n${text}\n${"!".repeat(80)}`);
  if (Deno.env.get("CI") !== "true") return;
  total.failed++;
  total.failures.push(`\n== ${text}`);
}

/** One group after the other. */
async function runAll(groups: readonly Group[]): Promise<void> {
  for (const group of groups) {
    if (group.isContainer && !hasImageTools(total)) continue;
    if (group.isCluster && !(await hasApiServer(total))) continue;
    await runGroup(group, total);
  }
}

const isQuick = Deno.args.includes("--quick");
const only = Deno.args.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
const total: Counts = { passed: 0, failed: 0, failures: [] };
const groups = GROUPS.filter(({ name, isSlow }) => (only === undefined || name === only) && !(isQuick && isSlow));
await Promise.all([
  runAll(groups.filter(({ isCluster }) => !isCluster)),
  runAll(groups.filter(({ isCluster }) => isCluster)),
]);
for (const failure of total.failures) say(failure);
say(`\n${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 ? 0 : 1);
