/**
 * Random Lua programs over what differs most between Lua's dialects: tables with holes, order of keys, numbers as text,
 * formats, patterns, metatables, errors, varargs, assignments, loops, goto, coroutines. Each program ends, and returns one
 * text that holds everything it found. The same seed gives the same programs.
 *
 *     deno run -A tests/conformance/generate_lua.ts --seed 7 --count 1000 > cases.jsonl
 */

/** Numbers that look random, the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/** Shows a value with its type, tables by their keys in order; addresses never. */
const SHOW = `
O, N = "", 0
function S(v, d)
  local k = type(v)
  if k == "string" then return "'" .. v .. "'" end
  if k == "table" then
    if (d or 0) > 2 then return "{...}" end
    local s = "{"
    for a, b in pairs(v) do s = s .. S(a, 9) .. "=" .. S(b, (d or 0) + 1) .. "," end
    return s .. "#" .. tostring(#v) .. "}"
  end
  if k == "function" or k == "thread" or k == "userdata" then return k end
  return tostring(v)
end
function P(...)
  N = N + 1
  if N > 200 then return end
  for i = 1, select("#", ...) do
    local ok, s = pcall(S, (select(i, ...)))
    O = O .. tostring(ok and s or "unshown") .. " "
  end
  O = O .. ";"
end
-- Tables and functions print as addresses, which are never the same; so do texts made of them, in hexadecimal for one.
function F(v)
  if type(v) == "table" or type(v) == "function" then return "T" end
  if type(v) == "string" and string.find(v, "0x%x%x%x%x%x%x") then return "T" end
  return v
end
function T(f, ...) P(pcall(f, ...)) end
`;

const NUMBERS = [
  ...[
    "0",
    "1",
    "2",
    "3",
    "4",
    "7",
    "10",
    "-1",
    "-2",
    "0.5",
    "1.5",
    "-0.5",
    "2.25",
    "1e3",
    "1e15",
    "1e16",
    "1e21",
    "2^53",
  ],
  ...["123456.789", "0.1", "1/3", "1e-5", "100", "255", "16", "-0", "1e100", "99999999999999", "0x1F"],
];
const STRINGS = [
  ...[
    '""',
    '"a"',
    '"abc"',
    '"hello world"',
    '"10"',
    '"0x10"',
    '" 5 "',
    '"1e2"',
    '"a,b,,c"',
    '"k=v; x=y"',
    '"%d"',
    '"a.b-c"',
  ],
  ...[
    '"aaa"',
    '"\\0z"',
    '"line\\nnext"',
    '"ÄÖ"',
    '"x1y22"',
    '"(a(b)c)"',
    '"[x]"',
    '"-3.5"',
    '"nan"',
    '"TRUE"',
    '"010"',
  ],
];
const PATTERNS = [
  ...[
    '"a"',
    '"."',
    '".-"',
    '"(.)(.)"',
    '"%w+"',
    '"%s*"',
    '"(%a+)=(%a+)"',
    '"^a"',
    '"c$"',
    '"^(.-),"',
    '"[a-c]+"',
    '"[^,]*"',
  ],
  ...[
    '"%d+"',
    '"%b()"',
    '"()"',
    '"(a)(b)?"',
    '"%f[%w]"',
    '"[%a_]%w*"',
    '"(%w)%1"',
    '"%."',
    '"-"',
    '"*"',
    '"a-b"',
    '"[]x]"',
  ],
  ...['"(("', '"[a"', '"%"', '"[-a]"', '"[a-]"', '"%z"', '"(a*(.)%w(%s*))"', '"$"', '"^"', '"x*"', '"[%d.]+"'],
];
const FORMATS = [
  ...[
    '"%d"',
    '"%5d|"',
    '"%-5d|"',
    '"%05d"',
    '"%s"',
    '"%10s|"',
    '"%.2s"',
    '"%q"',
    '"%x"',
    '"%X"',
    '"%o"',
    '"%c"',
    '"%e"',
  ],
  ...[
    '"%.3f"',
    '"%g"',
    '"%i"',
    '"%u"',
    '"%%"',
    '"%5.1f|"',
    '"%+d"',
    '"%s %s"',
    '"%d %s %x"',
    '"%"',
    '"%z"',
    '"%t"',
    '"%v"',
  ],
];
const KEYS = ["1", "2", "3", "4", "5", "7", '"a"', '"b"', '"x"', "1.5", "-1", "0", "true", '"1"'];
const VARIABLES = ["a", "b", "c", "d"];
const TABLES = ["t", "u"];

export class ProgramGenerator {
  #depth = 0;
  #loops = 0;

  constructor(readonly random: Random) {}

  program(): string {
    this.#depth = 0;
    this.#loops = 0;
    const { random } = this;
    // What functions share is global or local: a caught error cuts functions off from the locals that they share.
    const isLocal = random.chance(0.5);
    const scope = isLocal ? "local " : "";
    const lines = [SHOW, `${scope}t, u = {1, 2}, {x = 1}`];
    lines.push(`${scope}a, b, c, d = ${this.#simple()}, ${this.#simple()}, ${this.#simple()}`);
    lines.push(`T(function() t, u = ${this.#table()}, ${this.#table()} end)`);
    lines.push(`${scope}function f(x, y, ...) ${this.#body(2)} return x, ${this.#expression()}, ... end`);
    lines.push(`${scope}function g(...) local x, y = ... ${this.#body(1)} return select("#", ...), x end`);
    for (let i = 3 + random.below(6); i > 0; i--) lines.push(this.#guarded());
    lines.push("P(a, b, c, d, t, u)", "return O");
    return lines.join("\n");
  }

  #guarded(): string {
    return `T(function() ${this.#body(1 + this.random.below(3))} end)`;
  }

  #body(count: number): string {
    return Array.from({ length: count }, () => this.#statement()).join(" ");
  }

  #statement(): string {
    const { random } = this;
    if (this.#depth > 2) return `P(${this.#expression()})`;
    this.#depth++;
    const result = this.#anyStatement(random.below(27));
    this.#depth--;
    return result;
  }

  #anyStatement(kind: number): string {
    const { random } = this;
    const variable = () => random.pick(VARIABLES), table = () => random.pick(TABLES);
    switch (kind) {
      case 26:
        return `local s = ${this.#simple()} local function h() s = ${this.#expression()} return s end T(h) P(s) s = ${this.#simple()} T(h) T(error, "e") P(h(), s) s = 1 P(s, h());`;
      case 0:
      case 1:
        return `${variable()} = ${this.#expression()};`;
      case 2:
        return `${variable()}, ${variable()} = ${this.#list(1 + random.below(3))};`;
      case 3:
        return `local ${variable()}, ${variable()} = ${this.#list(1 + random.below(3))};`;
      case 4:
      case 5:
      case 6:
        return `${table()}[${this.#key()}] = ${random.chance(0.3) ? "nil" : this.#expression()};`;
      case 7:
        return `${table()}[#${table()} + 1] = ${this.#expression()};`;
      case 8:
        return `${table()} = ${this.#table()};`;
      case 9:
        return `P(${this.#list(2)});`;
      case 10:
        return `if ${this.#condition()} then ${this.#body(1)} elseif ${this.#condition()} then ${this.#body(1)} else ${
          this.#body(1)
        } end`;
      case 11:
        return this.#numericFor();
      case 12:
        return this.#genericFor();
      case 13: {
        const i = `w${++this.#loops}`;
        return `local ${i} = 0 while ${i} < ${random.below(4)} do ${i} = ${i} + 1 ${
          this.#body(1)
        } if ${this.#condition()} then break end end`;
      }
      case 14: {
        const i = `r${++this.#loops}`;
        return `local ${i} = 0 repeat ${i} = ${i} + 1 local z = ${this.#expression()} ${
          this.#body(1)
        } until ${i} > 2 or z == ${this.#expression()};`;
      }
      case 15:
        return `T(${random.pick(["f", "g"])}, ${this.#list(1 + random.below(3))});`;
      case 16:
        return `T(function() error(${this.#expression()}${random.chance(0.4) ? `, ${random.below(4)}` : ""}) end);`;
      case 17:
        return `P(${this.#tableCall()});`;
      case 18:
      case 19:
        return `P(${this.#stringCall()});`;
      case 20:
        return `P(string.format(${random.pick(FORMATS)}, F(${this.#expression()}), F(${this.#expression()})));`;
      case 21:
        return this.#metatable();
      case 22:
        return this.#coroutine();
      case 23:
        return `P(xpcall(function() ${
          this.#body(1)
        } return ${this.#expression()} end, function(e) return "H" .. tostring(e) end));`;
      case 24:
        return `local h = loadstring(${JSON.stringify(`return ${this.#simple()}, ...`)}) P(h(${this.#list(1)}));`;
    }
    return `do local ${variable()} = ${this.#expression()} ${this.#body(1)} end`;
  }

  #numericFor(): string {
    const { random } = this;
    const label = `l${++this.#loops}`;
    const step = random.pick(["", "", ", 2", ", -1", ", 0.5"]);
    return `for i = ${random.pick(["1", "0", "3", "-1", "0.1", "a"])}, ${
      random.pick(["2", "3", "4", "#t"])
    }${step} do if ${this.#condition()} then goto ${label} end P(i) ${this.#body(1)} ::${label}:: end`;
  }

  #genericFor(): string {
    const { random } = this;
    const table = random.pick(TABLES);
    const head = random.pick([
      `k, v in pairs(${table})`,
      `k, v in ipairs(${table})`,
      `k, v in next, ${table}`,
      `k, v in string.gmatch(${this.#string()}, ${random.pick(PATTERNS)})`,
    ]);
    const change = random.chance(0.3) ? `if k ~= nil then ${table}[k] = nil end` : "";
    // What is collected may grow while it is read: a bound keeps it short.
    return `do local q = 0 for ${head} do q = q + 1 if q > 12 then break end P(k, v) ${change} end end`;
  }

  #tableCall(): string {
    const { random } = this;
    const table = random.pick(TABLES);
    return random.pick([
      () => `table.concat(${table}, ${this.#string()})`,
      () => `table.concat(${table}, ",", ${random.below(4)}, ${random.below(5)})`,
      () => `table.insert(${table}, ${this.#expression()})`,
      () => `table.insert(${table}, ${random.below(6)}, ${this.#expression()})`,
      () => `table.remove(${table})`,
      () => `table.remove(${table}, ${random.below(5)})`,
      () => `table.sort(${table})`,
      () => `table.sort(${table}, function(x, y) return tostring(x) > tostring(y) end)`,
      () => `table.getn(${table}), table.maxn(${table})`,
      () => `unpack(${table}${random.chance(0.5) ? `, ${random.below(3)}, ${random.below(6)}` : ""})`,
      () => `next(${table}${random.chance(0.5) ? `, ${this.#key()}` : ""})`,
      () => `rawget(${table}, ${this.#key()}), rawset(${table}, ${this.#key()}, ${this.#simple()})`,
    ])();
  }

  #stringCall(): string {
    const { random } = this;
    const s = this.#string(), p = random.pick(PATTERNS);
    return random.pick([
      () => `string.find(${s}, ${p}${random.chance(0.3) ? `, ${random.below(6) - 2}` : ""})`,
      () => `string.match(${s}, ${p}${random.chance(0.3) ? `, ${random.below(6) - 2}` : ""})`,
      () =>
        `string.gsub(${s}, ${p}, ${
          random.pick(['"<%0>"', '"%1"', '"x"', '"%2%%"', "function(x) return x end", "t", "tostring"])
        })`,
      () => `string.gsub(${s}, ${p}, "-", ${random.below(3)})`,
      () => `(${s}):sub(${random.below(8) - 4}${random.chance(0.7) ? `, ${random.below(8) - 4}` : ""})`,
      () => `(${s}):byte(${random.below(6) - 2}${random.chance(0.5) ? `, ${random.below(6) - 2}` : ""})`,
      () => `(${s}):upper(), (${s}):lower(), (${s}):len(), (${s}):reverse()`,
      () => `(${s}):rep(${random.below(4)})`,
      () => `string.find(${s}, ${this.#string()}, 1, true)`,
      () =>
        `tonumber(${this.#expression()}${random.chance(0.3) ? `, ${random.pick(["2", "8", "16", "10", "36"])}` : ""})`,
      () => `math.floor(${this.#expression()}), math.max(${this.#list(2)})`,
      () => `math.fmod(${this.#number()}, ${this.#number()}), math.modf(${this.#number()})`,
      () => `select(${random.below(5) - 2}, ${this.#list(2)})`,
    ])();
  }

  #metatable(): string {
    const { random } = this;
    const event = random.pick([
      "__index",
      "__newindex",
      "__call",
      "__eq",
      "__lt",
      "__le",
      "__concat",
      "__len",
      "__add",
      "__unm",
      "__tostring",
      "__mul",
    ]);
    const value = event === "__index" && random.chance(0.5)
      ? this.#table()
      : `function(x, y) ${random.chance(0.5) ? "P(type(x), type(y))" : ""} return ${this.#simple()} end`;
    const use = random.pick([
      "m.a, m[1], #m",
      "m < m2, m <= m2, m == m2",
      `m + 1, ${this.#simple()} * m`,
      `m .. "x", 1 .. m`,
      "-m, tostring(m)",
      "m(1, 2)",
      "rawequal(m, m2), getmetatable(m) == mt",
    ]);
    return `T(function() local mt = {${event} = ${value}} local m, m2 = setmetatable(${this.#table()}, mt), setmetatable({}, ${
      random.pick(["mt", "mt", "{}"])
    }) m.z = 1 m[2] = 3 P(${use}) P(rawget(m, "z")) end);`;
  }

  #coroutine(): string {
    return `do local co = coroutine.create(function(x, y) P(x, y) local z = coroutine.yield(${this.#simple()}) ${
      this.#body(1)
    } return z, ${this.#expression()} end) P(coroutine.resume(co, ${
      this.#list(1)
    })) P(coroutine.status(co)) P(coroutine.resume(co, ${this.#simple()})) P(coroutine.resume(co)) P(coroutine.status(co)) end`;
  }

  #condition(): string {
    const { random } = this;
    return random.pick([
      () => `${this.#simple()} == ${this.#simple()}`,
      () => `${this.#number()} < ${this.#number()}`,
      () => `type(${this.#simple()}) == "number"`,
      () => `not ${this.#simple()}`,
      () => random.pick(VARIABLES),
    ])();
  }

  #list(count: number): string {
    return Array.from({ length: count }, () => this.#expression()).join(", ");
  }

  #key(): string {
    return this.random.chance(0.85) ? this.random.pick(KEYS) : this.#simple();
  }

  #number(): string {
    return this.random.pick(NUMBERS);
  }

  #string(): string {
    return this.random.chance(0.8) ? this.random.pick(STRINGS) : `tostring(${this.#simple()})`;
  }

  #simple(): string {
    const { random } = this;
    return random.pick([
      () => this.#number(),
      () => random.pick(STRINGS),
      () => random.pick(VARIABLES),
      () => random.pick(["nil", "true", "false"]),
      () => `${random.pick(TABLES)}[${random.pick(KEYS)}]`,
    ])();
  }

  #table(): string {
    const { random } = this;
    const fields = Array.from({ length: random.below(5) }, () =>
      random.pick([
        () => this.#simple(),
        () => this.#simple(),
        () => `${random.pick(["a", "b", "x", "n"])} = ${this.#simple()}`,
        () => `[${random.pick(KEYS)}] = ${this.#simple()}`,
      ])());
    if (random.chance(0.15)) fields.push("(function() return 1, nil, 3 end)()");
    return `{${fields.join(", ")}}`;
  }

  #expression(): string {
    const { random } = this;
    if (this.#depth > 3 || random.chance(0.35)) return this.#simple();
    this.#depth++;
    const result = random.pick([
      () => `(${this.#expression()} ${random.pick(["+", "-", "*", "/", "%", "^"])} ${this.#expression()})`,
      () => `(${this.#number()} ${random.pick(["+", "-", "*", "/", "%"])} ${this.#number()})`,
      () => `(${this.#expression()} .. ${this.#expression()})`,
      () => `(${this.#string()} .. ${this.#number()} .. ${this.#simple()})`,
      () => `(${this.#expression()} ${random.pick(["==", "~=", "<", "<=", ">", ">="])} ${this.#expression()})`,
      () => `(${this.#expression()} ${random.pick(["and", "or"])} ${this.#expression()})`,
      () => `#${random.pick(["t", "u", "a", STRINGS[2]!])}`,
      () => `-${this.#simple()}`.replace("--", "- -"),
      () => `not ${this.#simple()}`,
      () => `tostring(${this.#expression()})`,
      () => this.#table(),
      () => `function(...) return ${this.#simple()}, ... end`,
      () => `${random.pick(TABLES)}[${this.#expression()}]`,
    ])();
    this.#depth--;
    return result;
  }
}

/** `count` programs as lines of `lua-eval` cases. */
export function* randomCases(
  seed: number,
  count: number,
): Generator<{ id: string; group: string; script: string; modules: false }> {
  for (let i = 0; i < count; i++) {
    const script = new ProgramGenerator(new Random(seed * 1_000_003 + i)).program();
    yield { id: `random-${seed}-${i}`, group: "random", script, modules: false };
  }
}

if (import.meta.main) {
  const option = (name: string, otherwise: number) => {
    const at = Deno.args.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(Deno.args[at + 1]);
  };
  const encoder = new TextEncoder();
  for (const one of randomCases(option("seed", 1), option("count", 100))) {
    Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(one)}\n`));
  }
}
