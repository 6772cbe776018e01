/**
 * What a program would try that got into ours: started with the flags of a documented command line, it prints as JSON what
 * came of each attempt, `done` or the error. `intruder.ts FOLDER PORT OTHER_PORT`.
 */
const [folder, port, otherPort] = Deno.args as [string, string, string];
const local = (to: string) => ({ hostname: "127.0.0.1", port: Number(to) });
/** Kept from the module graph, which Deno reads before it asks for any right. */
const load = (specifier: string) => import(specifier);

const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  "read what it may": () => [...Deno.readDirSync(folder)],
  "connect to where it may": async () => (await Deno.connect(local(port))).close(),
  // deno-lint-ignore no-eval
  "eval": () => (0, eval)("1"),
  "new Function": () => new Function("return 1")(),
  "a function's constructor": () => (() => 1).constructor("return 1")(),
  "an async function's constructor": () => (async () => await 1).constructor("return 1")(),
  "read another file": () => Deno.readTextFileSync("/etc/passwd"),
  "read the process's environment as a file": () => Deno.readTextFileSync("/proc/self/environ"),
  "read by Node's API": async () => (await load("node:fs")).readFileSync("/etc/passwd"),
  "import another file": () => load("file:///etc/passwd.json"),
  "write": () => Deno.writeTextFileSync("/tmp/moonferry-intruder", "x"),
  "make a temporary folder": () => Deno.makeTempDirSync(),
  "connect to another port": async () => (await Deno.connect(local(otherPort))).close(),
  "fetch from another port": async () => await (await fetch(`http://127.0.0.1:${otherPort}/health`)).text(),
  "fetch from another host": () => fetch("http://192.0.2.1/", { signal: AbortSignal.timeout(2_000) }),
  "resolve a name": () => Deno.resolveDns("example.com", "A"),
  "listen": () => Deno.listen(local("0")),
  "run a program": () => new Deno.Command("true").outputSync(),
  "run a program by Node's API": async () => (await load("node:child_process")).execFileSync("true"),
  "end another process": () => Deno.kill(1, "SIGCONT"),
  "read a variable": () => Deno.env.get("PATH"),
  "read all variables": () => Deno.env.toObject(),
  "open a library": () => Deno.dlopen("libc.so.6", {}),
  "ask for the machine's name": () => Deno.hostname(),
  "ask for the machine's addresses": () => Deno.networkInterfaces(),
  "open the inspector": async () => (await load("node:inspector")).open(0),
  "import from a server": () => load("https://192.0.2.1/x.ts"),
  "import a package that is not there": () => load("npm:no-such-package-of-moonferry@1.0.0"),
  "read from an imported data: URL": () => load(dataUrl(`Deno.readTextFileSync("/etc/passwd")`)),
  "run from an imported data: URL": () => load(dataUrl(`new Deno.Command("true").outputSync()`)),
  "read from a worker": () => work(`Deno.readTextFileSync("/etc/passwd")`),
  "read from node:vm": async () => (await load("node:vm")).runInThisContext(`Deno.readTextFileSync("/etc/passwd")`),
};

function dataUrl(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

/** Runs the text in a worker; rejects with what it throws. */
function work(text: string): Promise<void> {
  const guarded =
    `try { ${text}; postMessage("done"); } catch (error) { postMessage(error.name + ": " + error.message); }`;
  const worker = new Worker(dataUrl(guarded), { type: "module" });
  return new Promise<void>((resolve, reject) => {
    worker.onmessage = ({ data }) => data === "done" ? resolve() : reject(new Error(data));
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  }).finally(() => worker.terminate());
}

const results: Record<string, string> = {};
for (const [name, attempt] of Object.entries(ATTEMPTS)) {
  try {
    await attempt();
    results[name] = "done";
  } catch (error) {
    results[name] = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
console.log(JSON.stringify(results));
Deno.exit(0);
