/**
 * The modules that scripts may require. The functions of the host answer as Go does: the rows below were written by a Go
 * program that calls Go 1.26's strings, unicode, encoding/json, base32 and base64, sigs.k8s.io/yaml 1.6.0 and sprig 3.3.0
 * (semver 3.4.0). Never edit an answer. The last table is about what the modules make of a script's arguments: it is taken
 * from the notes on Sveltos's behaviour, and says where our own bounds lie.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { HostError, type HostFunction, type HostValue } from "../../src/sandbox/host_value.ts";
import { createLuaSandbox, LuaError } from "../../src/sandbox/mod.ts";
import { moduleFunctions } from "../../src/sandbox/modules/mod.ts";
import { timeOf } from "../support/hang_guard.ts";

const NOW = 1_700_000_000;
const world = {
  seconds: () => NOW,
  randomBytes: (count: number) => Uint8Array.from({ length: count }, (_, i) => i * 37 + 11),
};
const modules = moduleFunctions({ ...world, tick() {} });

/** Function, arguments and answer; texts have a character for each byte, null is nil. */
type Row = readonly [string, readonly unknown[], unknown];

function rowsOf(lines: string): Row[] {
  return lines.trim().split("\n").map((line) => JSON.parse(line) as Row);
}

function argument(value: unknown): HostValue {
  if (value === null) return undefined;
  return Array.isArray(value) ? { list: value.map(argument) } : value as HostValue;
}

function plain(value: HostValue): unknown {
  if (value === undefined) return null;
  if (typeof value !== "object") return value;
  if ("list" in value) return value.list.map(plain);
  return ["#map", ...value.map.map(([key, one]) => `${key}=${one}`)];
}

/** The answer as the rows have it: `["#2", …]` for two results, `["#map", …]` for a table with keys, `["!"]` for an error. */
function answerOf(call: HostFunction, args: readonly unknown[]): unknown {
  try {
    const result = call(...args.map(argument));
    return Array.isArray(result) ? ["#2", ...result.map(plain)] : plain(result as HostValue);
  } catch (error) {
    if (error instanceof HostError) return ["!"];
    throw error;
  }
}

function testRows(module: string, lines: string): void {
  Deno.test(`module ${module}: the answers of Go`, async (t) => {
    for (const [name, rows] of Map.groupBy(rowsOf(lines), ([name]) => name)) {
      await t.step(name, () => {
        for (const [, args, want] of rows) {
          assert.deepEqual(answerOf(modules[module]![name]!, args), want, `${name}(${JSON.stringify(args)})`);
        }
      });
    }
  });
}

testRows(
  "strings",
  String.raw`
["Fields",[""],[]]
["TrimSpace",[""],""]
["Fields",["a"],["a"]]
["TrimSpace",["a"],"a"]
["Fields",["chicken"],["chicken"]]
["TrimSpace",["chicken"],"chicken"]
["Fields",["aaaa"],["aaaa"]]
["TrimSpace",["aaaa"],"aaaa"]
["Fields",["\u00c3\u00a9t\u00c3\u00a9"],["\u00c3\u00a9t\u00c3\u00a9"]]
["TrimSpace",["\u00c3\u00a9t\u00c3\u00a9"],"\u00c3\u00a9t\u00c3\u00a9"]
["Fields",["a\u00ffb\u00ff"],["a\u00ffb\u00ff"]]
["TrimSpace",["a\u00ffb\u00ff"],"a\u00ffb\u00ff"]
["Fields",["\u00e2\u0082"],["\u00e2\u0082"]]
["TrimSpace",["\u00e2\u0082"],"\u00e2\u0082"]
["Fields",["x\u00f0\u009f\u0098\u0080y"],["x\u00f0\u009f\u0098\u0080y"]]
["TrimSpace",["x\u00f0\u009f\u0098\u0080y"],"x\u00f0\u009f\u0098\u0080y"]
["Fields",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "],["a","b","c"]]
["TrimSpace",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "],"a  b\u00c2\u00a0c"]
["Fields",["\u00ef\u00bf\u00bdz"],["\u00ef\u00bf\u00bdz"]]
["TrimSpace",["\u00ef\u00bf\u00bdz"],"\u00ef\u00bf\u00bdz"]
["Index",["",""],0]
["LastIndex",["",""],0]
["Count",["",""],1]
["IndexAny",["",""],-1]
["LastIndexAny",["",""],-1]
["Split",["",""],[]]
["Trim",["",""],""]
["SplitAfter",["","aa"],[""]]
["ReplaceAll",["","aa","<>"],""]
["TrimLeft",["","aa"],""]
["TrimRight",["","aa"],""]
["ContainsAny",["","aa"],false]
["Split",["","ck"],[""]]
["Trim",["","ck"],""]
["Index",["","\u00a9"],-1]
["LastIndex",["","\u00a9"],-1]
["Count",["","\u00a9"],0]
["IndexAny",["","\u00a9"],-1]
["LastIndexAny",["","\u00a9"],-1]
["ReplaceAll",["","\u00c3\u00a9","<>"],""]
["Split",["","\u00ff"],[""]]
["Trim",["","\u00ff"],""]
["Index",["","\u00f0\u009f\u0098\u0080"],-1]
["LastIndex",["","\u00f0\u009f\u0098\u0080"],-1]
["Count",["","\u00f0\u009f\u0098\u0080"],0]
["IndexAny",["","\u00f0\u009f\u0098\u0080"],-1]
["LastIndexAny",["","\u00f0\u009f\u0098\u0080"],-1]
["SplitAfter",["","\u00f0\u009f\u0098\u0080"],[""]]
["ReplaceAll",["","\u00f0\u009f\u0098\u0080","<>"],""]
["TrimLeft",["","\u00f0\u009f\u0098\u0080"],""]
["TrimRight",["","\u00f0\u009f\u0098\u0080"],""]
["Split",[""," "],[""]]
["Trim",[""," "],""]
["ReplaceAll",["a","a","<>"],"<>"]
["ContainsAny",["a","a"],true]
["Index",["a","aa"],-1]
["LastIndex",["a","aa"],-1]
["Count",["a","aa"],0]
["IndexAny",["a","aa"],0]
["LastIndexAny",["a","aa"],0]
["Split",["a","aa"],["a"]]
["Trim",["a","aa"],""]
["SplitAfter",["a","\u00a9"],["a"]]
["ReplaceAll",["a","\u00a9","<>"],"a"]
["TrimLeft",["a","\u00a9"],"a"]
["TrimRight",["a","\u00a9"],"a"]
["Split",["a","\u00c3\u00a9"],["a"]]
["Trim",["a","\u00c3\u00a9"],"a"]
["Index",["a","\u00ff"],-1]
["LastIndex",["a","\u00ff"],-1]
["Count",["a","\u00ff"],0]
["IndexAny",["a","\u00ff"],-1]
["LastIndexAny",["a","\u00ff"],-1]
["ReplaceAll",["a","\u00ef\u00bf\u00bd","<>"],"a"]
["Split",["a","\u00f0\u009f\u0098\u0080"],["a"]]
["Trim",["a","\u00f0\u009f\u0098\u0080"],"a"]
["Index",["chicken",""],0]
["LastIndex",["chicken",""],7]
["Count",["chicken",""],8]
["IndexAny",["chicken",""],-1]
["LastIndexAny",["chicken",""],-1]
["SplitAfter",["chicken",""],["c","h","i","c","k","e","n"]]
["ReplaceAll",["chicken","","<>"],"<>c<>h<>i<>c<>k<>e<>n<>"]
["TrimLeft",["chicken",""],"chicken"]
["TrimRight",["chicken",""],"chicken"]
["ContainsAny",["chicken",""],false]
["Split",["chicken","a"],["chicken"]]
["Trim",["chicken","a"],"chicken"]
["ReplaceAll",["chicken","ck","<>"],"chi<>en"]
["Index",["chicken","\u00a9"],-1]
["LastIndex",["chicken","\u00a9"],-1]
["Count",["chicken","\u00a9"],0]
["IndexAny",["chicken","\u00a9"],-1]
["LastIndexAny",["chicken","\u00a9"],-1]
["Split",["chicken","\u00a9"],["chicken"]]
["Trim",["chicken","\u00a9"],"chicken"]
["SplitAfter",["chicken","\u00ff"],["chicken"]]
["ReplaceAll",["chicken","\u00ff","<>"],"chicken"]
["TrimLeft",["chicken","\u00ff"],"chicken"]
["TrimRight",["chicken","\u00ff"],"chicken"]
["Split",["chicken","\u00ef\u00bf\u00bd"],["chicken"]]
["Trim",["chicken","\u00ef\u00bf\u00bd"],"chicken"]
["Index",["chicken","\u00f0\u009f\u0098\u0080"],-1]
["LastIndex",["chicken","\u00f0\u009f\u0098\u0080"],-1]
["Count",["chicken","\u00f0\u009f\u0098\u0080"],0]
["IndexAny",["chicken","\u00f0\u009f\u0098\u0080"],-1]
["LastIndexAny",["chicken","\u00f0\u009f\u0098\u0080"],-1]
["ReplaceAll",["chicken"," ","<>"],"chicken"]
["ContainsAny",["chicken"," "],false]
["Split",["aaaa",""],["a","a","a","a"]]
["Trim",["aaaa",""],"aaaa"]
["Index",["aaaa","aa"],0]
["LastIndex",["aaaa","aa"],2]
["Count",["aaaa","aa"],2]
["IndexAny",["aaaa","aa"],0]
["LastIndexAny",["aaaa","aa"],3]
["SplitAfter",["aaaa","aa"],["aa","aa",""]]
["ReplaceAll",["aaaa","aa","<>"],"<><>"]
["TrimLeft",["aaaa","aa"],""]
["TrimRight",["aaaa","aa"],""]
["Split",["aaaa","ck"],["aaaa"]]
["Trim",["aaaa","ck"],"aaaa"]
["ReplaceAll",["aaaa","\u00c3\u00a9","<>"],"aaaa"]
["Index",["aaaa","\u00ff"],-1]
["LastIndex",["aaaa","\u00ff"],-1]
["Count",["aaaa","\u00ff"],0]
["IndexAny",["aaaa","\u00ff"],-1]
["LastIndexAny",["aaaa","\u00ff"],-1]
["Split",["aaaa","\u00ff"],["aaaa"]]
["Trim",["aaaa","\u00ff"],"aaaa"]
["SplitAfter",["aaaa","\u00f0\u009f\u0098\u0080"],["aaaa"]]
["ReplaceAll",["aaaa","\u00f0\u009f\u0098\u0080","<>"],"aaaa"]
["TrimLeft",["aaaa","\u00f0\u009f\u0098\u0080"],"aaaa"]
["TrimRight",["aaaa","\u00f0\u009f\u0098\u0080"],"aaaa"]
["ContainsAny",["aaaa","\u00f0\u009f\u0098\u0080"],false]
["Split",["aaaa"," "],["aaaa"]]
["Trim",["aaaa"," "],"aaaa"]
["Index",["\u00c3\u00a9t\u00c3\u00a9",""],0]
["LastIndex",["\u00c3\u00a9t\u00c3\u00a9",""],5]
["Count",["\u00c3\u00a9t\u00c3\u00a9",""],4]
["IndexAny",["\u00c3\u00a9t\u00c3\u00a9",""],-1]
["LastIndexAny",["\u00c3\u00a9t\u00c3\u00a9",""],-1]
["ReplaceAll",["\u00c3\u00a9t\u00c3\u00a9","a","<>"],"\u00c3\u00a9t\u00c3\u00a9"]
["Split",["\u00c3\u00a9t\u00c3\u00a9","aa"],["\u00c3\u00a9t\u00c3\u00a9"]]
["Trim",["\u00c3\u00a9t\u00c3\u00a9","aa"],"\u00c3\u00a9t\u00c3\u00a9"]
["Index",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],1]
["LastIndex",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],4]
["Count",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],2]
["IndexAny",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],-1]
["LastIndexAny",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],-1]
["SplitAfter",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],["\u00c3\u00a9","t\u00c3\u00a9",""]]
["ReplaceAll",["\u00c3\u00a9t\u00c3\u00a9","\u00a9","<>"],"\u00c3<>t\u00c3<>"]
["TrimLeft",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],"\u00c3\u00a9t\u00c3\u00a9"]
["TrimRight",["\u00c3\u00a9t\u00c3\u00a9","\u00a9"],"\u00c3\u00a9t\u00c3\u00a9"]
["Split",["\u00c3\u00a9t\u00c3\u00a9","\u00c3\u00a9"],["","t",""]]
["Trim",["\u00c3\u00a9t\u00c3\u00a9","\u00c3\u00a9"],"t"]
["ReplaceAll",["\u00c3\u00a9t\u00c3\u00a9","\u00ef\u00bf\u00bd","<>"],"\u00c3\u00a9t\u00c3\u00a9"]
["ContainsAny",["\u00c3\u00a9t\u00c3\u00a9","\u00ef\u00bf\u00bd"],false]
["Index",["\u00c3\u00a9t\u00c3\u00a9","\u00f0\u009f\u0098\u0080"],-1]
["LastIndex",["\u00c3\u00a9t\u00c3\u00a9","\u00f0\u009f\u0098\u0080"],-1]
["Count",["\u00c3\u00a9t\u00c3\u00a9","\u00f0\u009f\u0098\u0080"],0]
["IndexAny",["\u00c3\u00a9t\u00c3\u00a9","\u00f0\u009f\u0098\u0080"],-1]
["LastIndexAny",["\u00c3\u00a9t\u00c3\u00a9","\u00f0\u009f\u0098\u0080"],-1]
["Split",["\u00c3\u00a9t\u00c3\u00a9","\u00f0\u009f\u0098\u0080"],["\u00c3\u00a9t\u00c3\u00a9"]]
["Trim",["\u00c3\u00a9t\u00c3\u00a9","\u00f0\u009f\u0098\u0080"],"\u00c3\u00a9t\u00c3\u00a9"]
["SplitAfter",["a\u00ffb\u00ff",""],["a","\u00ff","b","\u00ff"]]
["ReplaceAll",["a\u00ffb\u00ff","","<>"],"<>a<>\u00ff<>b<>\u00ff<>"]
["TrimLeft",["a\u00ffb\u00ff",""],"a\u00ffb\u00ff"]
["TrimRight",["a\u00ffb\u00ff",""],"a\u00ffb\u00ff"]
["Split",["a\u00ffb\u00ff","a"],["","\u00ffb\u00ff"]]
["Trim",["a\u00ffb\u00ff","a"],"\u00ffb\u00ff"]
["Index",["a\u00ffb\u00ff","aa"],-1]
["LastIndex",["a\u00ffb\u00ff","aa"],-1]
["Count",["a\u00ffb\u00ff","aa"],0]
["IndexAny",["a\u00ffb\u00ff","aa"],0]
["LastIndexAny",["a\u00ffb\u00ff","aa"],0]
["ReplaceAll",["a\u00ffb\u00ff","ck","<>"],"a\u00ffb\u00ff"]
["Split",["a\u00ffb\u00ff","\u00a9"],["a\u00ffb\u00ff"]]
["Trim",["a\u00ffb\u00ff","\u00a9"],"a\u00ffb"]
["Index",["a\u00ffb\u00ff","\u00ff"],1]
["LastIndex",["a\u00ffb\u00ff","\u00ff"],3]
["Count",["a\u00ffb\u00ff","\u00ff"],2]
["IndexAny",["a\u00ffb\u00ff","\u00ff"],1]
["LastIndexAny",["a\u00ffb\u00ff","\u00ff"],3]
["SplitAfter",["a\u00ffb\u00ff","\u00ff"],["a\u00ff","b\u00ff",""]]
["ReplaceAll",["a\u00ffb\u00ff","\u00ff","<>"],"a<>b<>"]
["TrimLeft",["a\u00ffb\u00ff","\u00ff"],"a\u00ffb\u00ff"]
["TrimRight",["a\u00ffb\u00ff","\u00ff"],"a\u00ffb"]
["ContainsAny",["a\u00ffb\u00ff","\u00ff"],true]
["Split",["a\u00ffb\u00ff","\u00ef\u00bf\u00bd"],["a\u00ffb\u00ff"]]
["Trim",["a\u00ffb\u00ff","\u00ef\u00bf\u00bd"],"a\u00ffb"]
["ReplaceAll",["a\u00ffb\u00ff"," ","<>"],"a\u00ffb\u00ff"]
["Index",["\u00e2\u0082",""],0]
["LastIndex",["\u00e2\u0082",""],2]
["Count",["\u00e2\u0082",""],3]
["IndexAny",["\u00e2\u0082",""],-1]
["LastIndexAny",["\u00e2\u0082",""],-1]
["Split",["\u00e2\u0082",""],["\u00e2","\u0082"]]
["Trim",["\u00e2\u0082",""],"\u00e2\u0082"]
["SplitAfter",["\u00e2\u0082","aa"],["\u00e2\u0082"]]
["ReplaceAll",["\u00e2\u0082","aa","<>"],"\u00e2\u0082"]
["TrimLeft",["\u00e2\u0082","aa"],"\u00e2\u0082"]
["TrimRight",["\u00e2\u0082","aa"],"\u00e2\u0082"]
["Split",["\u00e2\u0082","ck"],["\u00e2\u0082"]]
["Trim",["\u00e2\u0082","ck"],"\u00e2\u0082"]
["Index",["\u00e2\u0082","\u00a9"],-1]
["LastIndex",["\u00e2\u0082","\u00a9"],-1]
["Count",["\u00e2\u0082","\u00a9"],0]
["IndexAny",["\u00e2\u0082","\u00a9"],0]
["LastIndexAny",["\u00e2\u0082","\u00a9"],1]
["ReplaceAll",["\u00e2\u0082","\u00c3\u00a9","<>"],"\u00e2\u0082"]
["ContainsAny",["\u00e2\u0082","\u00c3\u00a9"],false]
["Split",["\u00e2\u0082","\u00ff"],["\u00e2\u0082"]]
["Trim",["\u00e2\u0082","\u00ff"],""]
["Index",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],-1]
["LastIndex",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],-1]
["Count",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],0]
["IndexAny",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],-1]
["LastIndexAny",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],-1]
["SplitAfter",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],["\u00e2\u0082"]]
["ReplaceAll",["\u00e2\u0082","\u00f0\u009f\u0098\u0080","<>"],"\u00e2\u0082"]
["TrimLeft",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],"\u00e2\u0082"]
["TrimRight",["\u00e2\u0082","\u00f0\u009f\u0098\u0080"],"\u00e2\u0082"]
["Split",["\u00e2\u0082"," "],["\u00e2\u0082"]]
["Trim",["\u00e2\u0082"," "],"\u00e2\u0082"]
["ReplaceAll",["x\u00f0\u009f\u0098\u0080y","a","<>"],"x\u00f0\u009f\u0098\u0080y"]
["Index",["x\u00f0\u009f\u0098\u0080y","aa"],-1]
["LastIndex",["x\u00f0\u009f\u0098\u0080y","aa"],-1]
["Count",["x\u00f0\u009f\u0098\u0080y","aa"],0]
["IndexAny",["x\u00f0\u009f\u0098\u0080y","aa"],-1]
["LastIndexAny",["x\u00f0\u009f\u0098\u0080y","aa"],-1]
["Split",["x\u00f0\u009f\u0098\u0080y","aa"],["x\u00f0\u009f\u0098\u0080y"]]
["Trim",["x\u00f0\u009f\u0098\u0080y","aa"],"x\u00f0\u009f\u0098\u0080y"]
["SplitAfter",["x\u00f0\u009f\u0098\u0080y","\u00a9"],["x\u00f0\u009f\u0098\u0080y"]]
["ReplaceAll",["x\u00f0\u009f\u0098\u0080y","\u00a9","<>"],"x\u00f0\u009f\u0098\u0080y"]
["TrimLeft",["x\u00f0\u009f\u0098\u0080y","\u00a9"],"x\u00f0\u009f\u0098\u0080y"]
["TrimRight",["x\u00f0\u009f\u0098\u0080y","\u00a9"],"x\u00f0\u009f\u0098\u0080y"]
["ContainsAny",["x\u00f0\u009f\u0098\u0080y","\u00a9"],false]
["Split",["x\u00f0\u009f\u0098\u0080y","\u00c3\u00a9"],["x\u00f0\u009f\u0098\u0080y"]]
["Trim",["x\u00f0\u009f\u0098\u0080y","\u00c3\u00a9"],"x\u00f0\u009f\u0098\u0080y"]
["Index",["x\u00f0\u009f\u0098\u0080y","\u00ff"],-1]
["LastIndex",["x\u00f0\u009f\u0098\u0080y","\u00ff"],-1]
["Count",["x\u00f0\u009f\u0098\u0080y","\u00ff"],0]
["IndexAny",["x\u00f0\u009f\u0098\u0080y","\u00ff"],-1]
["LastIndexAny",["x\u00f0\u009f\u0098\u0080y","\u00ff"],-1]
["ReplaceAll",["x\u00f0\u009f\u0098\u0080y","\u00ef\u00bf\u00bd","<>"],"x\u00f0\u009f\u0098\u0080y"]
["Split",["x\u00f0\u009f\u0098\u0080y","\u00f0\u009f\u0098\u0080"],["x","y"]]
["Trim",["x\u00f0\u009f\u0098\u0080y","\u00f0\u009f\u0098\u0080"],"x\u00f0\u009f\u0098\u0080y"]
["Index",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""],0]
["LastIndex",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""],14]
["Count",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""],12]
["IndexAny",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""],-1]
["LastIndexAny",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""],-1]
["SplitAfter",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""],[" ","\t"," ","a"," "," ","b","\u00c2\u00a0","c","\u00e2\u0080\u0083"," "]]
["ReplaceAll",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","","<>"],"<> <>\t<> <>a<> <> <>b<>\u00c2\u00a0<>c<>\u00e2\u0080\u0083<> <>"]
["TrimLeft",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["TrimRight",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ",""]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["Split",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","a"],[" \t ","  b\u00c2\u00a0c\u00e2\u0080\u0083 "]]
["Trim",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","a"]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["ReplaceAll",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","ck","<>"]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["ContainsAny",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","ck"],true]
["Index",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00a9"],-1]
["LastIndex",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00a9"],-1]
["Count",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00a9"],0]
["IndexAny",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00a9"],-1]
["LastIndexAny",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00a9"],-1]
["Split",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00a9"],[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]]
["Trim",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00a9"]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["SplitAfter",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00ff"],[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]]
["ReplaceAll",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00ff","<>"]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["TrimLeft",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00ff"]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["TrimRight",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00ff"]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["Split",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00ef\u00bf\u00bd"],[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]]
["Trim",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00ef\u00bf\u00bd"]," \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "]
["Index",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00f0\u009f\u0098\u0080"],-1]
["LastIndex",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00f0\u009f\u0098\u0080"],-1]
["Count",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00f0\u009f\u0098\u0080"],0]
["IndexAny",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00f0\u009f\u0098\u0080"],-1]
["LastIndexAny",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 ","\u00f0\u009f\u0098\u0080"],-1]
["ReplaceAll",[" \t a  b\u00c2\u00a0c\u00e2\u0080\u0083 "," ","<>"],"<>\t<>a<><>b\u00c2\u00a0c\u00e2\u0080\u0083<>"]
["Split",["\u00ef\u00bf\u00bdz",""],["\u00ef\u00bf\u00bd","z"]]
["Trim",["\u00ef\u00bf\u00bdz",""],"\u00ef\u00bf\u00bdz"]
["Index",["\u00ef\u00bf\u00bdz","aa"],-1]
["LastIndex",["\u00ef\u00bf\u00bdz","aa"],-1]
["Count",["\u00ef\u00bf\u00bdz","aa"],0]
["IndexAny",["\u00ef\u00bf\u00bdz","aa"],-1]
["LastIndexAny",["\u00ef\u00bf\u00bdz","aa"],-1]
["SplitAfter",["\u00ef\u00bf\u00bdz","aa"],["\u00ef\u00bf\u00bdz"]]
["ReplaceAll",["\u00ef\u00bf\u00bdz","aa","<>"],"\u00ef\u00bf\u00bdz"]
["TrimLeft",["\u00ef\u00bf\u00bdz","aa"],"\u00ef\u00bf\u00bdz"]
["TrimRight",["\u00ef\u00bf\u00bdz","aa"],"\u00ef\u00bf\u00bdz"]
["ContainsAny",["\u00ef\u00bf\u00bdz","aa"],false]
["Split",["\u00ef\u00bf\u00bdz","ck"],["\u00ef\u00bf\u00bdz"]]
["Trim",["\u00ef\u00bf\u00bdz","ck"],"\u00ef\u00bf\u00bdz"]
["ReplaceAll",["\u00ef\u00bf\u00bdz","\u00c3\u00a9","<>"],"\u00ef\u00bf\u00bdz"]
["Index",["\u00ef\u00bf\u00bdz","\u00ff"],-1]
["LastIndex",["\u00ef\u00bf\u00bdz","\u00ff"],-1]
["Count",["\u00ef\u00bf\u00bdz","\u00ff"],0]
["IndexAny",["\u00ef\u00bf\u00bdz","\u00ff"],0]
["LastIndexAny",["\u00ef\u00bf\u00bdz","\u00ff"],0]
["Split",["\u00ef\u00bf\u00bdz","\u00ff"],["\u00ef\u00bf\u00bdz"]]
["Trim",["\u00ef\u00bf\u00bdz","\u00ff"],"z"]
["SplitAfter",["\u00ef\u00bf\u00bdz","\u00f0\u009f\u0098\u0080"],["\u00ef\u00bf\u00bdz"]]
["ReplaceAll",["\u00ef\u00bf\u00bdz","\u00f0\u009f\u0098\u0080","<>"],"\u00ef\u00bf\u00bdz"]
["TrimLeft",["\u00ef\u00bf\u00bdz","\u00f0\u009f\u0098\u0080"],"\u00ef\u00bf\u00bdz"]
["TrimRight",["\u00ef\u00bf\u00bdz","\u00f0\u009f\u0098\u0080"],"\u00ef\u00bf\u00bdz"]
["Split",["\u00ef\u00bf\u00bdz"," "],["\u00ef\u00bf\u00bdz"]]
["Trim",["\u00ef\u00bf\u00bdz"," "],"\u00ef\u00bf\u00bdz"]
["SplitN",["a,b,c",",",-2],["a","b","c"]]
["SplitN",["\u00c3\u00a9\u00ffx","",-2],["\u00c3\u00a9","\u00ff","x"]]
["SplitAfterN",["a,b,c",",",-2],["a,","b,","c"]]
["Replace",["a\u00c3\u00a9\u00ff","","-",-2],"-a-\u00c3\u00a9-\u00ff-"]
["Replace",["aaaa","aa","b",-2],"bb"]
["SplitN",["a,b,c",",",0],null]
["SplitN",["\u00c3\u00a9\u00ffx","",0],null]
["SplitAfterN",["a,b,c",",",0],null]
["Replace",["a\u00c3\u00a9\u00ff","","-",0],"a\u00c3\u00a9\u00ff"]
["Replace",["aaaa","aa","b",0],"aaaa"]
["SplitN",["a,b,c",",",1],["a,b,c"]]
["SplitN",["\u00c3\u00a9\u00ffx","",1],["\u00c3\u00a9\u00ffx"]]
["SplitAfterN",["a,b,c",",",1],["a,b,c"]]
["Replace",["a\u00c3\u00a9\u00ff","","-",1],"-a\u00c3\u00a9\u00ff"]
["Replace",["aaaa","aa","b",1],"baa"]
["SplitN",["a,b,c",",",2],["a","b,c"]]
["SplitN",["\u00c3\u00a9\u00ffx","",2],["\u00c3\u00a9","\u00ffx"]]
["SplitAfterN",["a,b,c",",",2],["a,","b,c"]]
["Replace",["a\u00c3\u00a9\u00ff","","-",2],"-a-\u00c3\u00a9\u00ff"]
["Replace",["aaaa","aa","b",2],"bb"]
["SplitN",["a,b,c",",",3],["a","b","c"]]
["SplitN",["\u00c3\u00a9\u00ffx","",3],["\u00c3\u00a9","\u00ff","x"]]
["SplitAfterN",["a,b,c",",",3],["a,","b,","c"]]
["Replace",["a\u00c3\u00a9\u00ff","","-",3],"-a-\u00c3\u00a9-\u00ff"]
["Replace",["aaaa","aa","b",3],"bb"]
["SplitN",["a,b,c",",",99],["a","b","c"]]
["SplitN",["\u00c3\u00a9\u00ffx","",99],["\u00c3\u00a9","\u00ff","x"]]
["SplitAfterN",["a,b,c",",",99],["a,","b,","c"]]
["Replace",["a\u00c3\u00a9\u00ff","","-",99],"-a-\u00c3\u00a9-\u00ff-"]
["Replace",["aaaa","aa","b",99],"bb"]
["IndexRune",["chicken a",97],8]
["IndexRune",["\u00c3\u00a9",97],-1]
["IndexRune",["x\u00ff",97],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",97],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",97],-1]
["ContainsRune",["chicken a",97],true]
["IndexByte",["chicken a",97],8]
["LastIndexByte",["chicken a",97],8]
["IndexRune",["chicken a",101],5]
["IndexRune",["\u00c3\u00a9",101],-1]
["IndexRune",["x\u00ff",101],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",101],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",101],-1]
["ContainsRune",["chicken a",101],true]
["IndexByte",["chicken a",101],5]
["LastIndexByte",["chicken a",101],5]
["IndexRune",["chicken a",233],-1]
["IndexRune",["\u00c3\u00a9",233],0]
["IndexRune",["x\u00ff",233],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",233],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",233],-1]
["ContainsRune",["chicken a",233],false]
["IndexByte",["chicken a",233],-1]
["LastIndexByte",["chicken a",233],-1]
["IndexRune",["chicken a",65533],-1]
["IndexRune",["\u00c3\u00a9",65533],-1]
["IndexRune",["x\u00ff",65533],1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",65533],1]
["IndexRune",["\u00f0\u009f\u0098\u0080",65533],-1]
["ContainsRune",["chicken a",65533],false]
["IndexByte",["chicken a",65533],-1]
["LastIndexByte",["chicken a",65533],-1]
["IndexRune",["chicken a",128512],-1]
["IndexRune",["\u00c3\u00a9",128512],-1]
["IndexRune",["x\u00ff",128512],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",128512],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",128512],0]
["ContainsRune",["chicken a",128512],false]
["IndexByte",["chicken a",128512],-1]
["LastIndexByte",["chicken a",128512],-1]
["IndexRune",["chicken a",-1],-1]
["IndexRune",["\u00c3\u00a9",-1],-1]
["IndexRune",["x\u00ff",-1],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",-1],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",-1],-1]
["ContainsRune",["chicken a",-1],false]
["IndexByte",["chicken a",-1],-1]
["LastIndexByte",["chicken a",-1],-1]
["IndexRune",["chicken a",55296],-1]
["IndexRune",["\u00c3\u00a9",55296],-1]
["IndexRune",["x\u00ff",55296],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",55296],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",55296],-1]
["ContainsRune",["chicken a",55296],false]
["IndexByte",["chicken a",55296],-1]
["LastIndexByte",["chicken a",55296],-1]
["IndexRune",["chicken a",1114112],-1]
["IndexRune",["\u00c3\u00a9",1114112],-1]
["IndexRune",["x\u00ff",1114112],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",1114112],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",1114112],-1]
["ContainsRune",["chicken a",1114112],false]
["IndexByte",["chicken a",1114112],-1]
["LastIndexByte",["chicken a",1114112],-1]
["IndexRune",["chicken a",4294967393],8]
["IndexRune",["\u00c3\u00a9",4294967393],-1]
["IndexRune",["x\u00ff",4294967393],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",4294967393],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",4294967393],-1]
["ContainsRune",["chicken a",4294967393],true]
["IndexByte",["chicken a",4294967393],8]
["LastIndexByte",["chicken a",4294967393],8]
["IndexRune",["chicken a",-4294967199],8]
["IndexRune",["\u00c3\u00a9",-4294967199],-1]
["IndexRune",["x\u00ff",-4294967199],-1]
["IndexRune",["x\u00ef\u00bf\u00bd\u00ff",-4294967199],-1]
["IndexRune",["\u00f0\u009f\u0098\u0080",-4294967199],-1]
["ContainsRune",["chicken a",-4294967199],true]
["IndexByte",["chicken a",-4294967199],8]
["LastIndexByte",["chicken a",-4294967199],8]
["Title",[""],""]
["ToUpper",[""],""]
["ToLower",[""],""]
["ToTitle",[""],""]
["Title",["hello world"],"Hello World"]
["ToUpper",["hello world"],"HELLO WORLD"]
["ToLower",["hello world"],"hello world"]
["ToTitle",["hello world"],"HELLO WORLD"]
["Title",["o'neil x_y 1a \u00c3\u00a9t\u00c3\u00a9"],"O'Neil X_y 1a \u00c3\u0089t\u00c3\u00a9"]
["ToUpper",["o'neil x_y 1a \u00c3\u00a9t\u00c3\u00a9"],"O'NEIL X_Y 1A \u00c3\u0089T\u00c3\u0089"]
["ToLower",["o'neil x_y 1a \u00c3\u00a9t\u00c3\u00a9"],"o'neil x_y 1a \u00c3\u00a9t\u00c3\u00a9"]
["ToTitle",["o'neil x_y 1a \u00c3\u00a9t\u00c3\u00a9"],"O'NEIL X_Y 1A \u00c3\u0089T\u00c3\u0089"]
["Title",["\u00c7\u0086x \u00c7\u0086"],"\u00c7\u0085x \u00c7\u0085"]
["ToUpper",["\u00c7\u0086x \u00c7\u0086"],"\u00c7\u0084X \u00c7\u0084"]
["ToLower",["\u00c7\u0086x \u00c7\u0086"],"\u00c7\u0086x \u00c7\u0086"]
["ToTitle",["\u00c7\u0086x \u00c7\u0086"],"\u00c7\u0085X \u00c7\u0085"]
["Title",["a\u00ffb"],"A\u00ef\u00bf\u00bdb"]
["ToUpper",["a\u00ffb"],"A\u00ef\u00bf\u00bdB"]
["ToLower",["a\u00ffb"],"a\u00ef\u00bf\u00bdb"]
["ToTitle",["a\u00ffb"],"A\u00ef\u00bf\u00bdB"]
["Title",["stra\u00c3\u009fe \u00c4\u00b0 \u00c4\u00b1"],"Stra\u00c3\u009fe \u00c4\u00b0 I"]
["ToUpper",["stra\u00c3\u009fe \u00c4\u00b0 \u00c4\u00b1"],"STRA\u00c3\u009fE \u00c4\u00b0 I"]
["ToLower",["stra\u00c3\u009fe \u00c4\u00b0 \u00c4\u00b1"],"stra\u00c3\u009fe i \u00c4\u00b1"]
["ToTitle",["stra\u00c3\u009fe \u00c4\u00b0 \u00c4\u00b1"],"STRA\u00c3\u009fE \u00c4\u00b0 I"]
["Title",["\u00ef\u00ac\u0081 \u00c5\u0089"],"\u00ef\u00ac\u0081 \u00c5\u0089"]
["ToUpper",["\u00ef\u00ac\u0081 \u00c5\u0089"],"\u00ef\u00ac\u0081 \u00c5\u0089"]
["ToLower",["\u00ef\u00ac\u0081 \u00c5\u0089"],"\u00ef\u00ac\u0081 \u00c5\u0089"]
["ToTitle",["\u00ef\u00ac\u0081 \u00c5\u0089"],"\u00ef\u00ac\u0081 \u00c5\u0089"]
["Title",["\u00ce\u00a3\u00ce\u0091\u00ce\u00a3 \u00e1\u00be\u0080 \u00e1\u00b8\u009e"],"\u00ce\u00a3\u00ce\u0091\u00ce\u00a3 \u00e1\u00be\u0088 \u00e1\u00b8\u009e"]
["ToUpper",["\u00ce\u00a3\u00ce\u0091\u00ce\u00a3 \u00e1\u00be\u0080 \u00e1\u00b8\u009e"],"\u00ce\u00a3\u00ce\u0091\u00ce\u00a3 \u00e1\u00be\u0088 \u00e1\u00b8\u009e"]
["ToLower",["\u00ce\u00a3\u00ce\u0091\u00ce\u00a3 \u00e1\u00be\u0080 \u00e1\u00b8\u009e"],"\u00cf\u0083\u00ce\u00b1\u00cf\u0083 \u00e1\u00be\u0080 \u00e1\u00b8\u009f"]
["ToTitle",["\u00ce\u00a3\u00ce\u0091\u00ce\u00a3 \u00e1\u00be\u0080 \u00e1\u00b8\u009e"],"\u00ce\u00a3\u00ce\u0091\u00ce\u00a3 \u00e1\u00be\u0088 \u00e1\u00b8\u009e"]
["Title",["\u00ef\u00bf\u00bd"],"\u00ef\u00bf\u00bd"]
["ToUpper",["\u00ef\u00bf\u00bd"],"\u00ef\u00bf\u00bd"]
["ToLower",["\u00ef\u00bf\u00bd"],"\u00ef\u00bf\u00bd"]
["ToTitle",["\u00ef\u00bf\u00bd"],"\u00ef\u00bf\u00bd"]
["Title",["a-b.c\u00e2\u0080\u0094d"],"A-B.C\u00e2\u0080\u0094d"]
["ToUpper",["a-b.c\u00e2\u0080\u0094d"],"A-B.C\u00e2\u0080\u0094D"]
["ToLower",["a-b.c\u00e2\u0080\u0094d"],"a-b.c\u00e2\u0080\u0094d"]
["ToTitle",["a-b.c\u00e2\u0080\u0094d"],"A-B.C\u00e2\u0080\u0094D"]
["Title",["\u00e2\u00b1\u00a5\u00e1\u0082\u00a0\u00e1\u00b2\u0090"],"\u00c8\u00ba\u00e1\u0082\u00a0\u00e1\u00b2\u0090"]
["ToUpper",["\u00e2\u00b1\u00a5\u00e1\u0082\u00a0\u00e1\u00b2\u0090"],"\u00c8\u00ba\u00e1\u0082\u00a0\u00e1\u00b2\u0090"]
["ToLower",["\u00e2\u00b1\u00a5\u00e1\u0082\u00a0\u00e1\u00b2\u0090"],"\u00e2\u00b1\u00a5\u00e2\u00b4\u0080\u00e1\u0083\u0090"]
["ToTitle",["\u00e2\u00b1\u00a5\u00e1\u0082\u00a0\u00e1\u00b2\u0090"],"\u00c8\u00ba\u00e1\u0082\u00a0\u00e1\u00b2\u0090"]
["EqualFold",["",""],true]
["EqualFold",["Go","GO"],true]
["EqualFold",["k","\u00e2\u0084\u00aa"],true]
["EqualFold",["s","\u00c5\u00bf"],true]
["EqualFold",["\u00c3\u009f","\u00e1\u00ba\u009e"],true]
["EqualFold",["\u00c3\u009f","ss"],false]
["EqualFold",["\u00ce\u00a3","\u00cf\u0082"],true]
["EqualFold",["\u00cf\u0083","\u00cf\u0082"],true]
["EqualFold",["i","\u00c4\u00b0"],false]
["EqualFold",["I","\u00c4\u00b1"],false]
["EqualFold",["\u00c7\u0084","\u00c7\u0085"],true]
["EqualFold",["\u00c7\u0086","\u00c7\u0085"],true]
["EqualFold",["\u00ce\u00b8","\u00cf\u00b4"],true]
["EqualFold",["\u00cf\u0091","\u00cf\u00b4"],true]
["EqualFold",["\u00c2\u00b5","\u00ce\u00bc"],true]
["EqualFold",["\u00c3\u00a5","\u00e2\u0084\u00ab"],true]
["EqualFold",["\u00e1\u00b2\u0080","\u00d0\u0092"],true]
["EqualFold",["\u00ea\u00ad\u00b0","\u00e1\u008e\u00a0"],true]
["EqualFold",["\u00e1\u00bf\u0093","\u00ce\u0090"],false]
["EqualFold",["\u00ef\u00ac\u0085","\u00ef\u00ac\u0086"],false]
["EqualFold",["\u00ff","\u00fe"],true]
["EqualFold",["\u00ff","\u00ef\u00bf\u00bd"],true]
["EqualFold",["a","ab"],false]
["EqualFold",["\u00e1\u00be\u0080","\u00e1\u00be\u0088"],true]
["EqualFold",["\u00cd\u0085","\u00ce\u00b9"],true]
["EqualFold",["\u00e1\u00be\u00be","\u00ce\u0099"],true]
["EqualFold",["\u00f0\u0090\u0090\u0080","\u00f0\u0090\u0090\u00a8"],true]
["EqualFold",["\u00e2\u0084\u00a6","\u00cf\u0089"],true]
["EqualFold",["\u00e1\u00ba\u009b","\u00e1\u00b9\u00a0"],true]
["EqualFold",["\u00ea\u0099\u008a","\u00e1\u00b2\u0088"],true]
["Compare",["a","b"],-1]
["HasPrefix",["a","b"],false]
["TrimPrefix",["b","a"],"b"]
["TrimSuffix",["b","a"],"b"]
["Compare",["b","a"],1]
["HasPrefix",["b","a"],false]
["TrimPrefix",["a","b"],"a"]
["TrimSuffix",["a","b"],"a"]
["Compare",["a","a"],0]
["HasPrefix",["a","a"],true]
["TrimPrefix",["a","a"],""]
["TrimSuffix",["a","a"],""]
["Compare",["","a"],-1]
["HasPrefix",["","a"],false]
["TrimPrefix",["a",""],"a"]
["TrimSuffix",["a",""],"a"]
["Compare",["\u00ff","\u00c3\u00a9"],1]
["HasPrefix",["\u00ff","\u00c3\u00a9"],false]
["TrimPrefix",["\u00c3\u00a9","\u00ff"],"\u00c3\u00a9"]
["TrimSuffix",["\u00c3\u00a9","\u00ff"],"\u00c3\u00a9"]
["Compare",["a","ab"],-1]
["HasPrefix",["a","ab"],false]
["TrimPrefix",["ab","a"],"b"]
["TrimSuffix",["ab","a"],"ab"]
["Repeat",["ab",3],"ababab"]
["Repeat",["ab",0],""]
["Repeat",["",1000],""]
`,
);

testRows(
  "runes",
  String.raw`
["tolower",[-1],-1]
["tolower",[55296],55296]
["tolower",[1114112],1114112]
["tolower",[4294967361],97]
["toupper",[-1],-1]
["toupper",[55296],55296]
["toupper",[1114112],1114112]
["toupper",[4294967361],65]
["totitle",[-1],-1]
["totitle",[55296],55296]
["totitle",[1114112],1114112]
["totitle",[4294967361],65]
["isvalidutf8",[""],true]
["runecount",[""],0]
["runeslice",[""],[]]
["reverserunes",[""],""]
["containsrune",["",65533],false]
["containsrune",["",1114112],false]
["isvalidutf8",["ab"],true]
["runecount",["ab"],2]
["runeslice",["ab"],[97,98]]
["reverserunes",["ab"],"ba"]
["containsrune",["ab",65533],false]
["containsrune",["ab",1114112],false]
["isvalidutf8",["\u00c3\u00a9\u00ff"],false]
["runecount",["\u00c3\u00a9\u00ff"],2]
["runeslice",["\u00c3\u00a9\u00ff"],[233,65533]]
["reverserunes",["\u00c3\u00a9\u00ff"],"\u00ef\u00bf\u00bd\u00c3\u00a9"]
["containsrune",["\u00c3\u00a9\u00ff",65533],true]
["containsrune",["\u00c3\u00a9\u00ff",1114112],false]
["isvalidutf8",["\u00ed\u00a0\u0080"],false]
["runecount",["\u00ed\u00a0\u0080"],3]
["runeslice",["\u00ed\u00a0\u0080"],[65533,65533,65533]]
["reverserunes",["\u00ed\u00a0\u0080"],"\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd"]
["containsrune",["\u00ed\u00a0\u0080",65533],true]
["containsrune",["\u00ed\u00a0\u0080",1114112],false]
["isvalidutf8",["\u00c0\u0080"],false]
["runecount",["\u00c0\u0080"],2]
["runeslice",["\u00c0\u0080"],[65533,65533]]
["reverserunes",["\u00c0\u0080"],"\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd"]
["containsrune",["\u00c0\u0080",65533],true]
["containsrune",["\u00c0\u0080",1114112],false]
["isvalidutf8",["\u00f4\u0090\u0080\u0080"],false]
["runecount",["\u00f4\u0090\u0080\u0080"],4]
["runeslice",["\u00f4\u0090\u0080\u0080"],[65533,65533,65533,65533]]
["reverserunes",["\u00f4\u0090\u0080\u0080"],"\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd"]
["containsrune",["\u00f4\u0090\u0080\u0080",65533],true]
["containsrune",["\u00f4\u0090\u0080\u0080",1114112],false]
["isvalidutf8",["\u00f0\u009f\u0098"],false]
["runecount",["\u00f0\u009f\u0098"],3]
["runeslice",["\u00f0\u009f\u0098"],[65533,65533,65533]]
["reverserunes",["\u00f0\u009f\u0098"],"\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd\u00ef\u00bf\u00bd"]
["containsrune",["\u00f0\u009f\u0098",65533],true]
["containsrune",["\u00f0\u009f\u0098",1114112],false]
["isvalidutf8",["\u00ef\u00bf\u00bd"],true]
["runecount",["\u00ef\u00bf\u00bd"],1]
["runeslice",["\u00ef\u00bf\u00bd"],[65533]]
["reverserunes",["\u00ef\u00bf\u00bd"],"\u00ef\u00bf\u00bd"]
["containsrune",["\u00ef\u00bf\u00bd",65533],true]
["containsrune",["\u00ef\u00bf\u00bd",1114112],false]
["isvalidutf8",["\u00e2\u0082\u00acx\u00e2\u0082"],false]
["runecount",["\u00e2\u0082\u00acx\u00e2\u0082"],4]
["runeslice",["\u00e2\u0082\u00acx\u00e2\u0082"],[8364,120,65533,65533]]
["reverserunes",["\u00e2\u0082\u00acx\u00e2\u0082"],"\u00ef\u00bf\u00bd\u00ef\u00bf\u00bdx\u00e2\u0082\u00ac"]
["containsrune",["\u00e2\u0082\u00acx\u00e2\u0082",65533],true]
["containsrune",["\u00e2\u0082\u00acx\u00e2\u0082",1114112],false]
["runewidth",[0],1]
["runewidth",[127],1]
["runewidth",[128],2]
["runewidth",[2047],2]
["runewidth",[2048],3]
["runewidth",[65535],3]
["runewidth",[65536],4]
["runewidth",[1114111],4]
["runewidth",[1114112],null]
["runewidth",[-1],null]
["runewidth",[55296],null]
`,
);

testRows(
  "json",
  String.raw`
["quote",[""],"\"\""]
["quote",["a\"b\\"],"\"a\\\"b\\\\\""]
["quote",["<>&"],"\"\\u003c\\u003e\\u0026\""]
["quote",["\u0000\u0001\b\f\n\r\t\u007f"],"\"\\u0000\\u0001\\b\\f\\n\\r\\t\u007f\""]
["quote",["\u00e2\u0080\u00a8\u00e2\u0080\u00a9"],"\"\\u2028\\u2029\""]
["quote",["\u00c3\u00a9\u00f0\u009f\u0098\u0080"],"\"\u00c3\u00a9\u00f0\u009f\u0098\u0080\""]
["quote",["a\u00ffb"],"\"a\\ufffdb\""]
["quote",["\u00ed\u00a0\u0080"],"\"\\ufffd\\ufffd\\ufffd\""]
["quote",["\u00e2\u0082"],"\"\\ufffd\\ufffd\""]
["number",[0],"0"]
["number",[1],"1"]
["number",[-1],"-1"]
["number",[0.1],"0.1"]
["number",[1000000.0],"1000000"]
["number",[1e+20],"100000000000000000000"]
["number",[1e+21],"1e+21"]
["number",[1e-06],"0.000001"]
["number",[1e-07],"1e-7"]
["number",[123456789.125],"123456789.125"]
["number",[9007199254740992.0],"9007199254740992"]
["number",[1.7976931348623157e+308],"1.7976931348623157e+308"]
["number",[5e-324],"5e-324"]
["decode",[""],["#2",null,"unexpected end of JSON input"]]
["decode",[" "],["#2",null,"unexpected end of JSON input"]]
["decode",["{"],["#2",null,"unexpected end of JSON input"]]
["decode",["["],["#2",null,"unexpected end of JSON input"]]
["decode",["[1"],["#2",null,"unexpected end of JSON input"]]
["decode",["[1,"],["#2",null,"unexpected end of JSON input"]]
["decode",["[1,]"],["#2",null,"invalid character ']' looking for beginning of value"]]
["decode",["{\"a\""],["#2",null,"unexpected end of JSON input"]]
["decode",["{\"a\":"],["#2",null,"unexpected end of JSON input"]]
["decode",["{\"a\":1"],["#2",null,"unexpected end of JSON input"]]
["decode",["{\"a\":1,"],["#2",null,"unexpected end of JSON input"]]
["decode",["{\"a\":1,}"],["#2",null,"invalid character '}' looking for beginning of object key string"]]
["decode",["{a:1}"],["#2",null,"invalid character 'a' looking for beginning of object key string"]]
["decode",["{1:2}"],["#2",null,"invalid character '1' looking for beginning of object key string"]]
["decode",["tru"],["#2",null,"invalid character ' ' in literal true (expecting 'e')"]]
["decode",["trux"],["#2",null,"invalid character 'x' in literal true (expecting 'e')"]]
["decode",["nul"],["#2",null,"invalid character ' ' in literal null (expecting 'l')"]]
["decode",["falsy"],["#2",null,"invalid character 'y' in literal false (expecting 'e')"]]
["decode",["x"],["#2",null,"invalid character 'x' looking for beginning of value"]]
["decode",["01"],["#2",null,"invalid character '1' after top-level value"]]
["decode",["1."],["#2",null,"invalid character ' ' after decimal point in numeric literal"]]
["decode",["1.x"],["#2",null,"invalid character 'x' after decimal point in numeric literal"]]
["decode",["-"],["#2",null,"invalid character ' ' in numeric literal"]]
["decode",["-x"],["#2",null,"invalid character 'x' in numeric literal"]]
["decode",["1e"],["#2",null,"invalid character ' ' in exponent of numeric literal"]]
["decode",["1e+"],["#2",null,"invalid character ' ' in exponent of numeric literal"]]
["decode",["1ex"],["#2",null,"invalid character 'x' in exponent of numeric literal"]]
["decode",["+1"],["#2",null,"invalid character '+' looking for beginning of value"]]
["decode",["\"a"],["#2",null,"unexpected end of JSON input"]]
["decode",["\"a\nb\""],["#2",null,"invalid character '\\n' in string literal"]]
["decode",["\"\\x\""],["#2",null,"invalid character 'x' in string escape code"]]
["decode",["\"\\u12\""],["#2",null,"invalid character '\"' in \\u hexadecimal character escape"]]
["decode",["\"\\u12G4\""],["#2",null,"invalid character 'G' in \\u hexadecimal character escape"]]
["decode",["'a'"],["#2",null,"invalid character '\\'' looking for beginning of value"]]
["decode",["[1 2]"],["#2",null,"invalid character '2' after array element"]]
["decode",["{\"a\" 1}"],["#2",null,"invalid character '1' after object key"]]
["decode",["{\"a\":1 \"b\":2}"],["#2",null,"invalid character '\"' after object key:value pair"]]
["decode",["1 2"],["#2",null,"invalid character '2' after top-level value"]]
["decode",["{} x"],["#2",null,"invalid character 'x' after top-level value"]]
["decode",["\u00c3\u00a9"],["#2",null,"invalid character '\u00c3\u0083' looking for beginning of value"]]
["decode",["[\u00e2\u0082\u00ac]"],["#2",null,"invalid character '\u00c3\u00a2' looking for beginning of value"]]
["decode",["nan"],["#2",null,"invalid character 'a' in literal null (expecting 'u')"]]
["decode",["NaN"],["#2",null,"invalid character 'N' looking for beginning of value"]]
["decode",["Infinity"],["#2",null,"invalid character 'I' looking for beginning of value"]]
["decode",["\"\u0001\""],["#2",null,"invalid character '\\x01' in string literal"]]
["decode",["[1}"],["#2",null,"invalid character '}' after array element"]]
["decode",["{\"a\":1]"],["#2",null,"invalid character ']' after object key:value pair"]]
["decode",["]"],["#2",null,"invalid character ']' looking for beginning of value"]]
["decode",["}"],["#2",null,"invalid character '}' looking for beginning of value"]]
["decode",[","],["#2",null,"invalid character ',' looking for beginning of value"]]
["decode",["\"\\"],["#2",null,"invalid character ' ' in string escape code"]]
["decode",["1e400"],["#2",null,"json: cannot unmarshal number 1e400 into Go value of type float64"]]
["decode",["-1e400"],["#2",null,"json: cannot unmarshal number -1e400 into Go value of type float64"]]
["decode",["[1e999]"],["#2",null,"json: cannot unmarshal number 1e999 into Go value of type float64"]]
["decode",["{\"a\":[1e309]}"],["#2",null,"json: cannot unmarshal number 1e309 into Go value of type float64"]]
["decode",["\u00ef\u00bb\u00bf1"],["#2",null,"invalid character '\u00c3\u00af' looking for beginning of value"]]
["decode",["\"a\\'b\""],["#2",null,"invalid character '\\'' in string escape code"]]
["decode",["/"],["#2",null,"invalid character '/' looking for beginning of value"]]
["decode",["tr\u00c3\u00a9"],["#2",null,"invalid character '\u00c3\u0083' in literal true (expecting 'u')"]]
["fromYAML",["\u00ff"],["#2",null,"yaml: invalid leading UTF-8 octet"]]
["fromYAML",["\u0080"],["#2",null,"yaml: invalid leading UTF-8 octet"]]
["fromYAML",["a: \u00c3"],["#2",null,"yaml: incomplete UTF-8 octet sequence"]]
["fromYAML",["a: \u00c3x"],["#2",null,"yaml: invalid trailing UTF-8 octet"]]
["fromYAML",["\u00e2\u0082"],["#2",null,"yaml: incomplete UTF-8 octet sequence"]]
["fromYAML",["\u00e2\u0082x"],["#2",null,"yaml: invalid trailing UTF-8 octet"]]
["fromYAML",["\u00c0\u0080"],["#2",null,"yaml: invalid length of a UTF-8 sequence"]]
["fromYAML",["\u00c1\u00bf"],["#2",null,"yaml: invalid length of a UTF-8 sequence"]]
["fromYAML",["\u00e0\u0080\u0080"],["#2",null,"yaml: invalid length of a UTF-8 sequence"]]
["fromYAML",["\u00ed\u00a0\u0080"],["#2",null,"yaml: invalid Unicode character"]]
["fromYAML",["\u00f4\u0090\u0080\u0080"],["#2",null,"yaml: invalid Unicode character"]]
["fromYAML",["\u00f0\u0080\u0080\u0080"],["#2",null,"yaml: invalid length of a UTF-8 sequence"]]
["fromYAML",["\u00f8\u0088\u0080\u0080\u0080"],["#2",null,"yaml: invalid leading UTF-8 octet"]]
["fromYAML",["\u00f0\u009f\u0098"],["#2",null,"yaml: incomplete UTF-8 octet sequence"]]
["fromYAML",["\u00f5\u0080\u0080\u0080"],["#2",null,"yaml: invalid Unicode character"]]
["fromYAML",["\u00c3\u00a9: \u00fe"],["#2",null,"yaml: invalid leading UTF-8 octet"]]
["toYAML",["\"a\u007fb\""],["#2",null,"yaml: control characters are not allowed"]]
["toYAML",["\"\\u0001\""],"\"\\x01\"\n"]
["toYAML",["\"\u00c2\u0080\""],["#2",null,"yaml: control characters are not allowed"]]
["toYAML",["\"\u00c2\u0085x\""],"' x'\n"]
["toYAML",["\"x\\u2028y\""],"'x\u00e2\u0080\u00a8  y'\n"]
["toYAML",["\"\u00ef\u00bf\u00be\""],["#2",null,"yaml: control characters are not allowed"]]
["toYAML",["\"\u00ef\u00bf\u00bd\""],"\u00ef\u00bf\u00bd\n"]
["toYAML",["\"\u00c3\u00a9\u00f0\u009f\u0098\u0080\""],"\"\u00c3\u00a9\\U0001F600\"\n"]
["toYAML",["\"a\u00ef\u00bf\u00bdb\""],"a\u00ef\u00bf\u00bdb\n"]
["toYAML",["\"\\t\""],"\"\\t\"\n"]
["toYAML",["\"a\\r\\nb\""],"\"a\\r\\nb\"\n"]
["toYAML",["\" x \""],"' x '\n"]
["toYAML",["\"=\""],"=\n"]
["toYAML",["\"~\""],"\"~\"\n"]
["toYAML",["\"0x1\""],"\"0x1\"\n"]
["toYAML",["\"1_000\""],"\"1_000\"\n"]
["toYAML",["\"12:30\""],"\"12:30\"\n"]
["toYAML",["\"a: b\""],"'a: b'\n"]
["toYAML",["\"#x\""],"'#x'\n"]
["toYAML",["\"- x\""],"'- x'\n"]
["toYAML",["\"\u00c2\u00a0\""],"\u00c2\u00a0\n"]
["toYAML",["\"<<\""],"<<\n"]
["toYAML",["\"y\""],"\"y\"\n"]
["toYAML",["\"long long long long long long long long long long long long long long long long long long long\""],"long long long long long long long long long long long long long long long long long\n  long long\n"]
["toYAML",["\"a\\n\""],"|\n  a\n"]
["toYAML",["\"\\n\""],"|2+\n\n"]
["toYAML",["\"a\\nb\\n\""],"|\n  a\n  b\n"]
["toYAML",["null"],"null\n"]
["toYAML",["1"],"1\n"]
["toYAML",["-0"],"0\n"]
["toYAML",["1e+21"],"1e+21\n"]
["toYAML",["1e-7"],"1e-07\n"]
["toYAML",["0.1"],"0.1\n"]
["toYAML",["1234567.5"],"1.2345675e+06\n"]
["toYAML",["1e20"],"1e+20\n"]
["toYAML",["100000000000000000000"],"1e+20\n"]
["toYAML",["10000000000000000000"],"10000000000000000000\n"]
["toYAML",["1000000000000000000"],"1000000000000000000\n"]
["toYAML",["9223372036854775807"],"9223372036854775807\n"]
["toYAML",["1.7976931348623157e+308"],"1.7976931348623157e+308\n"]
["toYAML",["{\"a\":[],\"b\":{}}"],"a: []\nb: {}\n"]
["toYAML",["[[1,[2]],{}]"],"- - 1\n  - - 2\n- {}\n"]
["toYAML",["{\"10\":1,\"9\":2}"],"\"9\": 2\n\"10\": 1\n"]
["toYAML",["true"],"true\n"]
["toYAML",["123456789"],"123456789\n"]
["toYAML",["1000000"],"1000000\n"]
["fromYAML",["a: ["],["#2",null,"yaml: line 1: did not find expected node content"]]
["fromYAML",["a: \u00ff"],["#2",null,"yaml: invalid leading UTF-8 octet"]]
["fromYAML",["\u00c3"],["#2",null,"yaml: incomplete UTF-8 octet sequence"]]
["fromYAML",["a\u0001"],["#2",null,"yaml: control characters are not allowed"]]
["fromYAML",["a: .inf"],["#2",null,"json: unsupported value: +Inf"]]
["fromYAML",["a: .nan"],["#2",null,"json: unsupported value: NaN"]]
["fromYAML",["*x"],["#2",null,"yaml: unknown anchor 'x' referenced"]]
["fromYAML",["a: &x [*x]"],["#2",null,"yaml: anchor 'x' value contains itself"]]
["fromYAML",["\t"],["#2",null,"yaml: found character that cannot start any token"]]
["fromYAML",["a: b: c"],["#2",null,"yaml: mapping values are not allowed in this context"]]
["fromYAML",["- a\nb"],["#2",null,"yaml: line 3: could not find expected ':'"]]
["fromYAML",["'"],["#2",null,"yaml: found unexpected end of stream"]]
["fromYAML",["\"\\q\""],["#2",null,"yaml: found unknown escape character"]]
["fromYAML",["%YAML 2.0\n---\na"],["#2",null,"yaml: found incompatible YAML document"]]
["fromYAML",["a: !!int x"],["#2",null,"yaml: cannot decode !!str \u0060x\u0060 as a !!int"]]
["fromYAML",["!!binary x"],["#2",null,"yaml: !!binary value contains invalid base64 data"]]
["fromYAML",["[a, b"],["#2",null,"yaml: line 1: did not find expected ',' or ']'"]]
["fromYAML",["}"],["#2",null,"yaml: did not find expected node content"]]
["fromYAML",["@"],["#2",null,"yaml: found character that cannot start any token"]]
["fromYAML",["\u0060"],["#2",null,"yaml: found character that cannot start any token"]]
["fromYAML",["a:\n  b\n c: d"],["#2",null,"yaml: line 3: mapping values are not allowed in this context"]]
`,
);

testRows(
  "sprig",
  String.raw`
["initials",[""],""]
["initials",["hello world"],"hw"]
["initials",["First Try"],"FT"]
["initials",["foo_bar-baz"],"f"]
["initials",["HTTPServer2Go"],"H"]
["initials",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"\u00c3\u0083\u00c3\u0083"]
["initials",["a\u00ffb"],"a"]
["initials",[" x  y "],"xy"]
["initials",["a\nb"],"ab"]
["nospace",[""],""]
["nospace",["hello world"],"helloworld"]
["nospace",["First Try"],"FirstTry"]
["nospace",["foo_bar-baz"],"foo_bar-baz"]
["nospace",["HTTPServer2Go"],"HTTPServer2Go"]
["nospace",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"\u00c3\u0083\u00c2\u00a9t\u00c3\u0083\u00c2\u00a9\u00c3\u0083\u00c2\u0089"]
["nospace",["a\u00ffb"],"a\u00ffb"]
["nospace",[" x  y "],"xy"]
["nospace",["a\nb"],"ab"]
["swapcase",[""],""]
["swapcase",["hello world"],"HELLO WORLD"]
["swapcase",["First Try"],"fIRST tRY"]
["swapcase",["foo_bar-baz"],"FOO_BAR-BAZ"]
["swapcase",["HTTPServer2Go"],"httpsERVER2gO"]
["swapcase",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"\u00c3\u0089T\u00c3\u0089 \u00c3\u00a9"]
["swapcase",["a\u00ffb"],"A\u00ef\u00bf\u00bdB"]
["swapcase",[" x  y "]," X  Y "]
["swapcase",["a\nb"],"A\nB"]
["untitle",[""],""]
["untitle",["hello world"],"hello world"]
["untitle",["First Try"],"first try"]
["untitle",["foo_bar-baz"],"foo_bar-baz"]
["untitle",["HTTPServer2Go"],"hTTPServer2Go"]
["untitle",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"\u00c3\u00a9t\u00c3\u00a9 \u00c3\u00a9"]
["untitle",["a\u00ffb"],"a\u00ef\u00bf\u00bdb"]
["untitle",[" x  y "]," x  y "]
["untitle",["a\nb"],"a\nb"]
["snakecase",[""],""]
["snakecase",["hello world"],"hello_world"]
["snakecase",["First Try"],"first_try"]
["snakecase",["foo_bar-baz"],"foo_bar_baz"]
["snakecase",["HTTPServer2Go"],"http_server2_go"]
["snakecase",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"\u00c3\u00a9t\u00c3\u00a9_\u00c3\u00a9"]
["snakecase",[" x  y "],"_x__y_"]
["snakecase",["a\nb"],"a_b"]
["camelcase",[""],""]
["camelcase",["hello world"],"HelloWorld"]
["camelcase",["First Try"],"FirstTry"]
["camelcase",["foo_bar-baz"],"FooBarBaz"]
["camelcase",["HTTPServer2Go"],"Httpserver2Go"]
["camelcase",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"\u00c3\u0089t\u00c3\u00a9\u00c3\u0089"]
["camelcase",["a\u00ffb"],"A\u00ef\u00bf\u00bdb"]
["camelcase",[" x  y "]," X Y "]
["camelcase",["a\nb"],"AB"]
["kebabcase",[""],""]
["kebabcase",["hello world"],"hello-world"]
["kebabcase",["First Try"],"first-try"]
["kebabcase",["foo_bar-baz"],"foo-bar-baz"]
["kebabcase",["HTTPServer2Go"],"http-server2-go"]
["kebabcase",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"\u00c3\u00a9t\u00c3\u00a9-\u00c3\u00a9"]
["kebabcase",[" x  y "],"-x--y-"]
["kebabcase",["a\nb"],"a-b"]
["b64enc",[""],""]
["b64enc",["hello world"],"aGVsbG8gd29ybGQ="]
["b64enc",["First Try"],"Rmlyc3QgVHJ5"]
["b64enc",["foo_bar-baz"],"Zm9vX2Jhci1iYXo="]
["b64enc",["HTTPServer2Go"],"SFRUUFNlcnZlcjJHbw=="]
["b64enc",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"w6l0w6kgw4k="]
["b64enc",["a\u00ffb"],"Yf9i"]
["b64enc",[" x  y "],"IHggIHkg"]
["b64enc",["a\nb"],"YQpi"]
["b32enc",[""],""]
["b32enc",["hello world"],"NBSWY3DPEB3W64TMMQ======"]
["b32enc",["First Try"],"IZUXE43UEBKHE6I="]
["b32enc",["foo_bar-baz"],"MZXW6X3CMFZC2YTBPI======"]
["b32enc",["HTTPServer2Go"],"JBKFIUCTMVZHMZLSGJDW6==="]
["b32enc",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"YOUXJQ5JEDBYS==="]
["b32enc",["a\u00ffb"],"MH7WE==="]
["b32enc",[" x  y "],"EB4CAIDZEA======"]
["b32enc",["a\nb"],"MEFGE==="]
["sha1sum",[""],"da39a3ee5e6b4b0d3255bfef95601890afd80709"]
["sha1sum",["hello world"],"2aae6c35c94fcfb415dbe95f408b9ce91ee846ed"]
["sha1sum",["First Try"],"d761698c011814f705f9dbf84397987236173aae"]
["sha1sum",["foo_bar-baz"],"45497ec5c540ab58da25ba6cc86c28cde8b147d4"]
["sha1sum",["HTTPServer2Go"],"f6499ad1aea29b19c241dee3c36261c5feecda65"]
["sha1sum",["\u00c3\u00a9t\u00c3\u00a9 \u00c3\u0089"],"8f996e816703586fc90df31258a2be6f0bf042f2"]
["sha1sum",["a\u00ffb"],"2b962856b5d3a293cc64cbfaf1e1580c7cefeba7"]
["sha1sum",[" x  y "],"3043d1090e37ba927d2585108ba350a0170c26e6"]
["sha1sum",["a\nb"],"fcd127ffa1016069006ad91f3f361248f9bdf272"]
["sha256sum",[""],"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]
["sha256sum",["First Try"],"a06191cc7000e6f060dfd03e611d1c4b4cd680c64fe22f815149e96aaf024a18"]
["sha256sum",["HTTPServer2Go"],"015669f27d8744a5c98e3a7c09f49a48b25770cfdfa49c4ff1be9038cc64bcc5"]
["sha256sum",["a\u00ffb"],"01ce0241d2a0e71a4fecd5a8d71157fe2787197732fc15d889cbcf36c38e3c68"]
["sha256sum",["a\nb"],"7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78"]
["adler32sum",[""],"1"]
["adler32sum",["First Try"],"280232808"]
["adler32sum",["HTTPServer2Go"],"531236000"]
["adler32sum",["a\u00ffb"],"59113923"]
["adler32sum",["a\nb"],"27001038"]
["sha512sum",["x\u00ff"],"d7e46648b6f3bb4e6f07eea1bdef718d950aee3b043732139d67129e3f666f1a25e669ad41b5ac643fe3722242c866eee9b37103999065486ac362b49524354b"]
["base",[""],"."]
["dir",[""],"."]
["clean",[""],"."]
["ext",[""],""]
["osBase",[""],"."]
["osClean",[""],"."]
["isAbs",[""],false]
["base",["/"],"/"]
["dir",["/"],"/"]
["clean",["/"],"/"]
["ext",["/"],""]
["isAbs",["/"],true]
["base",["a/b.c"],"b.c"]
["dir",["a/b.c"],"a"]
["clean",["a/b.c"],"a/b.c"]
["ext",["a/b.c"],".c"]
["isAbs",["a/b.c"],false]
["base",["/a/../b/./c/"],"c"]
["dir",["/a/../b/./c/"],"/b/c"]
["clean",["/a/../b/./c/"],"/b/c"]
["ext",["/a/../b/./c/"],""]
["isAbs",["/a/../b/./c/"],true]
["base",[".."],".."]
["dir",[".."],"."]
["clean",[".."],".."]
["ext",[".."],"."]
["osBase",[".."],".."]
["osClean",[".."],".."]
["isAbs",[".."],false]
["base",["../a"],"a"]
["dir",["../a"],".."]
["clean",["../a"],"../a"]
["ext",["../a"],""]
["isAbs",["../a"],false]
["base",["a.tar.gz"],"a.tar.gz"]
["dir",["a.tar.gz"],"."]
["clean",["a.tar.gz"],"a.tar.gz"]
["ext",["a.tar.gz"],".gz"]
["isAbs",["a.tar.gz"],false]
["base",["a/.b"],".b"]
["dir",["a/.b"],"a"]
["clean",["a/.b"],"a/.b"]
["ext",["a/.b"],".b"]
["isAbs",["a/.b"],false]
["base",["//x//y"],"y"]
["dir",["//x//y"],"/x"]
["clean",["//x//y"],"/x/y"]
["ext",["//x//y"],""]
["osBase",["//x//y"],"y"]
["osClean",["//x//y"],"/x/y"]
["isAbs",["//x//y"],true]
["base",["/.."],".."]
["dir",["/.."],"/"]
["clean",["/.."],"/"]
["ext",["/.."],"."]
["isAbs",["/.."],true]
["base",["a/b/.."],".."]
["dir",["a/b/.."],"a/b"]
["clean",["a/b/.."],"a"]
["ext",["a/b/.."],"."]
["isAbs",["a/b/.."],false]
["b32dec",[""],["#2","",null]]
["b32dec",["NBUQ===="],["#2","hi",null]]
["b32dec",["NBUQ==="],["#2",null,"b32dec: illegal base32 data at input byte 7"]]
["b32dec",["NBUQ=="],["#2",null,"b32dec: illegal base32 data at input byte 6"]]
["b32dec",["NBUQ"],["#2",null,"b32dec: illegal base32 data at input byte 0"]]
["b32dec",["N"],["#2",null,"b32dec: illegal base32 data at input byte 0"]]
["b32dec",["!"],["#2",null,"b32dec: illegal base32 data at input byte 0"]]
["b32dec",["NBU!===="],["#2",null,"b32dec: illegal base32 data at input byte 3"]]
["b32dec",["nbuq===="],["#2",null,"b32dec: illegal base32 data at input byte 0"]]
["b32dec",["NBUQ====X"],["#2","hi",null]]
["b32dec",["NBUQ====NBUQ===="],["#2",null,"b32dec: illegal base32 data at input byte 4"]]
["b32dec",["NB\nUQ==\r=="],["#2","hi",null]]
["b32dec",["========"],["#2",null,"b32dec: illegal base32 data at input byte 0"]]
["b32dec",["="],["#2",null,"b32dec: illegal base32 data at input byte 0"]]
["b32dec",["N======="],["#2",null,"b32dec: illegal base32 data at input byte 1"]]
["b32dec",["NBU====="],["#2",null,"b32dec: illegal base32 data at input byte 3"]]
["b32dec",["NBUQEA=="],["#2",null,"b32dec: illegal base32 data at input byte 6"]]
["b32dec",["NBUQEAQ="],["#2","hi\u0002\u0002",null]]
["b32dec",["NBUQEAQB"],["#2","hi\u0002\u0002\u0001",null]]
["b32dec",["NBUQEAQBA"],["#2",null,"b32dec: illegal base32 data at input byte 8"]]
["b32dec",["MZXW6YTBOI======"],["#2","foobar",null]]
["b32dec",["MZXW6YTBO======="],["#2",null,"b32dec: illegal base32 data at input byte 9"]]
["b32dec",["MZXW6YTBOI=====A"],["#2",null,"b32dec: illegal base32 data at input byte 14"]]
["b32dec",["NB UQ===="],["#2",null,"b32dec: illegal base32 data at input byte 2"]]
["b32dec",["NBUQ==A="],["#2",null,"b32dec: illegal base32 data at input byte 5"]]
["b32dec",["NBUQ====\nA"],["#2","hi",null]]
["b64dec",[""],["#2","",null]]
["b64dec",["aGk="],["#2","hi",null]]
["b64dec",["aGk"],["#2",null,"b64dec: illegal base64 data at input byte 0"]]
["b64dec",["aGk=="],["#2",null,"b64dec: illegal base64 data at input byte 4"]]
["b64dec",["aG=="],["#2","h",null]]
["b64dec",["aG="],["#2",null,"b64dec: illegal base64 data at input byte 3"]]
["b64dec",["a"],["#2",null,"b64dec: illegal base64 data at input byte 0"]]
["b64dec",["a==="],["#2",null,"b64dec: illegal base64 data at input byte 1"]]
["b64dec",["="],["#2",null,"b64dec: illegal base64 data at input byte 0"]]
["b64dec",["!"],["#2",null,"b64dec: illegal base64 data at input byte 0"]]
["b64dec",["aGk=x"],["#2",null,"b64dec: illegal base64 data at input byte 4"]]
["b64dec",["a\nG\rk="],["#2","hi",null]]
["b64dec",["aG k="],["#2",null,"b64dec: illegal base64 data at input byte 2"]]
["b64dec",["aGkhaGk="],["#2","hi!hi",null]]
["b64dec",["aGk=aGk="],["#2",null,"b64dec: illegal base64 data at input byte 4"]]
["b64dec",["-_-_"],["#2",null,"b64dec: illegal base64 data at input byte 0"]]
["b64dec",["+/+/"],["#2","\u00fb\u00ff\u00bf",null]]
["b64dec",["aGkha"],["#2",null,"b64dec: illegal base64 data at input byte 4"]]
["b64dec",["aGkhaGk!"],["#2",null,"b64dec: illegal base64 data at input byte 7"]]
["b64dec",["\n"],["#2","",null]]
["b64dec",["aGkh\n\n="],["#2",null,"b64dec: illegal base64 data at input byte 6"]]
["b64dec",["aGkhaG=\n="],["#2","hi!h",null]]
["b64dec",["aGkhaG=\nx"],["#2",null,"b64dec: illegal base64 data at input byte 7"]]
["trunc",[-9,"h\u00c3\u00a9llo w"],"h\u00c3\u00a9llo w"]
["abbrev",[-9,"hello world"],"hello world"]
["wrap",[-9,"hello big world"],"hello\nbig\nworld"]
["wrapWith",[-9,"hello big world","--"],"h--e--l--l--o--b--i--g--w--o--r--l--d"]
["abbrevboth",[-9,10,"1234 5678 9123"],"1234 56..."]
["plural",["one","many",-9],"many"]
["trunc",[-3,"h\u00c3\u00a9llo w"],"o w"]
["abbrev",[-3,"hello world"],"hello world"]
["wrap",[-3,"hello big world"],"hello\nbig\nworld"]
["wrapWith",[-3,"hello big world","--"],"h--e--l--l--o--b--i--g--w--o--r--l--d"]
["plural",["one","many",-3],"many"]
["trunc",[0,"h\u00c3\u00a9llo w"],""]
["abbrev",[0,"hello world"],"hello world"]
["wrap",[0,"hello big world"],"hello\nbig\nworld"]
["wrapWith",[0,"hello big world","--"],"h--e--l--l--o--b--i--g--w--o--r--l--d"]
["abbrevboth",[0,10,"1234 5678 9123"],"1234 56..."]
["indent",[0,"a\nb\n"],"a\nb\n"]
["nindent",[0,"a"],"\na"]
["plural",["one","many",0],"many"]
["trunc",[3,"h\u00c3\u00a9llo w"],"h\u00c3\u00a9"]
["abbrev",[3,"hello world"],"hello world"]
["wrap",[3,"hello big world"],"hello\nbig\nworld"]
["wrapWith",[3,"hello big world","--"],"hel--lo--big--wor--ld"]
["indent",[3,"a\nb\n"],"   a\n   b\n   "]
["nindent",[3,"a"],"\n   a"]
["plural",["one","many",3],"many"]
["trunc",[4,"h\u00c3\u00a9llo w"],"h\u00c3\u00a9l"]
["abbrev",[4,"hello world"],"h..."]
["wrap",[4,"hello big world"],"hello\nbig\nworld"]
["wrapWith",[4,"hello big world","--"],"hell--o--big--worl--d"]
["abbrevboth",[4,10,"1234 5678 9123"],"1234 56..."]
["indent",[4,"a\nb\n"],"    a\n    b\n    "]
["nindent",[4,"a"],"\n    a"]
["plural",["one","many",4],"many"]
["trunc",[5,"h\u00c3\u00a9llo w"],"h\u00c3\u00a9ll"]
["abbrev",[5,"hello world"],"he..."]
["wrap",[5,"hello big world"],"hello\nbig\nworld"]
["wrapWith",[5,"hello big world","--"],"hello--big--world"]
["indent",[5,"a\nb\n"],"     a\n     b\n     "]
["nindent",[5,"a"],"\n     a"]
["plural",["one","many",5],"many"]
["trunc",[20,"h\u00c3\u00a9llo w"],"h\u00c3\u00a9llo w"]
["abbrev",[20,"hello world"],"hello world"]
["wrap",[20,"hello big world"],"hello big world"]
["wrapWith",[20,"hello big world","--"],"hello big world"]
["abbrevboth",[20,10,"1234 5678 9123"],"...78 9123"]
["indent",[20,"a\nb\n"],"                    a\n                    b\n                    "]
["nindent",[20,"a"],"\n                    a"]
["plural",["one","many",20],"many"]
["plural",["one","many",1],"one"]
["duration",[0],"0s"]
["durationRound",[0],"0s"]
["duration",[1],"1s"]
["durationRound",[1000],"0s"]
["duration",[59],"59s"]
["durationRound",[59000],"0s"]
["duration",[95],"1m35s"]
["durationRound",[95000],"0s"]
["duration",[3600],"1h0m0s"]
["durationRound",[3600000],"0s"]
["duration",[86461],"24h1m1s"]
["durationRound",[86461000],"0s"]
["duration",[-95],"-1m35s"]
["durationRound",[-95000],"0s"]
["duration",[9223372036],"2562047h47m16s"]
["durationRound",[9223372036000],"2h"]
["duration",[9223372037],"-2562047h47m16.709551616s"]
["durationRound",[9223372037000],"2h"]
["duration",[9007199254740991],"1281023h53m37.427387904s"]
["durationRound",[9007199254740991000],"285y"]
["duration",[""],"0s"]
["durationRound",[""],"0s"]
["duration",["95"],"1m35s"]
["durationRound",["95"],"0s"]
["duration",["x"],"0s"]
["durationRound",["x"],"0s"]
["duration",["1.5"],"0s"]
["durationRound",["1.5"],"0s"]
["duration",["+7"],"7s"]
["durationRound",["+7"],"0s"]
["duration",["-7"],"-7s"]
["durationRound",["-7"],"0s"]
["duration",["99999999999999999999"],"-1s"]
["durationRound",["99999999999999999999"],"0s"]
["duration",["2h10m5s"],"0s"]
["durationRound",["2h10m5s"],"2h"]
["duration",["-400h"],"0s"]
["durationRound",["-400h"],"16d"]
["duration",["1.5h"],"0s"]
["durationRound",["1.5h"],"1h"]
["duration",["1h1x"],"0s"]
["durationRound",["1h1x"],"0s"]
["duration",["800000h"],"0s"]
["durationRound",["800000h"],"91y"]
["quote",[[]],""]
["squote",[[]],""]
["quote",[["a"]],"\"a\""]
["squote",[["a"]],"'a'"]
["quote",[["a\"b","c\\d","\u00c3\u00a9","\u0000\u00ff","it's"]],"\"a\\\"b\" \"c\\\\d\" \"\u00c3\u00a9\" \"\\x00\\xff\" \"it's\""]
["squote",[["a\"b","c\\d","\u00c3\u00a9","\u0000\u00ff","it's"]],"'a\"b' 'c\\d' '\u00c3\u00a9' '\u0000\u00ff' 'it's'"]
["sortAlpha",[["c","B","a","\u00c3\u00a9","\u00ff","10","9"]],["10","9","B","a","c","\u00c3\u00a9","\u00ff"]]
["regexFind",["a*","banana"],["#2","",null]]
["regexMatch",["a*","banana"],["#2",true,null]]
["regexFindAll",["a*","banana",-1],["#2",["","a","a","a"],null]]
["regexSplit",["a*","banana",-1],["#2",["b","n","n",""],null]]
["regexReplaceAll",["a*","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2","<\u0024>b<\u0024>n<\u0024>n<\u0024>",null]]
["regexReplaceAllLiteral",["a*","banana","\u00241"],["#2","\u00241b\u00241n\u00241n\u00241",null]]
["regexFindAll",["a*","-ab-axxb-",-1],["#2",["","a","","a","","","",""],null]]
["regexSplit",["a*","-ab-axxb-",-1],["#2",["-","b","-","x","x","b","-"],null]]
["regexFind",["a*",""],["#2","",null]]
["regexMatch",["a*",""],["#2",true,null]]
["regexFindAll",["a*","",-1],["#2",[""],null]]
["regexSplit",["a*","",-1],["#2",[""],null]]
["regexReplaceAll",["a*","","<\u0024{1}\u0024n\u0024\u0024>"],["#2","<\u0024>",null]]
["regexFindAll",["a*","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",["","","a"],null]]
["regexSplit",["a*","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",["\u00c3\u00a9","\u00c3\u00a9",""],null]]
["regexReplaceAllLiteral",["a*","\u00c3\u00a9\u00c3\u00a9a","\u00241"],["#2","\u00241\u00c3\u00a9\u00241\u00c3\u00a9\u00241",null]]
["regexFind",["a(x*)b","banana"],["#2","",null]]
["regexMatch",["a(x*)b","banana"],["#2",false,null]]
["regexFindAll",["a(x*)b","banana",-1],["#2",[],null]]
["regexSplit",["a(x*)b","banana",-1],["#2",["banana"],null]]
["regexReplaceAll",["a(x*)b","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2","banana",null]]
["regexFindAll",["a(x*)b","-ab-axxb-",-1],["#2",["ab","axxb"],null]]
["regexSplit",["a(x*)b","-ab-axxb-",-1],["#2",["-","-","-"],null]]
["regexFind",["a(x*)b",""],["#2","",null]]
["regexFind",["^b","banana"],["#2","b",null]]
["regexMatch",["^b","banana"],["#2",true,null]]
["regexFindAll",["^b","banana",-1],["#2",["b"],null]]
["regexSplit",["^b","banana",-1],["#2",["","anana"],null]]
["regexReplaceAll",["^b","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2","<\u0024>anana",null]]
["regexReplaceAllLiteral",["^b","banana","\u00241"],["#2","\u00241anana",null]]
["regexFindAll",["^b","-ab-axxb-",-1],["#2",[],null]]
["regexSplit",["^b","-ab-axxb-",-1],["#2",["-ab-axxb-"],null]]
["regexFind",["^b",""],["#2","",null]]
["regexMatch",["^b",""],["#2",false,null]]
["regexFindAll",["^b","",-1],["#2",[],null]]
["regexSplit",["^b","",-1],["#2",[""],null]]
["regexReplaceAll",["^b","","<\u0024{1}\u0024n\u0024\u0024>"],["#2","",null]]
["regexFindAll",["^b","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",[],null]]
["regexSplit",["^b","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",["\u00c3\u00a9\u00c3\u00a9a"],null]]
["regexReplaceAllLiteral",["^b","\u00c3\u00a9\u00c3\u00a9a","\u00241"],["#2","\u00c3\u00a9\u00c3\u00a9a",null]]
["regexFind",["(?i)BAN","banana"],["#2","ban",null]]
["regexMatch",["(?i)BAN","banana"],["#2",true,null]]
["regexFindAll",["(?i)BAN","banana",-1],["#2",["ban"],null]]
["regexSplit",["(?i)BAN","banana",-1],["#2",["","ana"],null]]
["regexReplaceAll",["(?i)BAN","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2","<\u0024>ana",null]]
["regexFindAll",["(?i)BAN","-ab-axxb-",-1],["#2",[],null]]
["regexSplit",["(?i)BAN","-ab-axxb-",-1],["#2",["-ab-axxb-"],null]]
["regexFind",["(?i)BAN",""],["#2","",null]]
["regexFind",["[","banana"],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexMatch",["[","banana"],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexFindAll",["[","banana",-1],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexSplit",["[","banana",-1],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexReplaceAll",["[","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexReplaceAllLiteral",["[","banana","\u00241"],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexFindAll",["[","-ab-axxb-",-1],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexSplit",["[","-ab-axxb-",-1],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexFind",["[",""],["#2",null,"error parsing regexp: missing closing ]: \u0060[\u0060"]]
["regexFind",["(","banana"],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexMatch",["(","banana"],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexFindAll",["(","banana",-1],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexSplit",["(","banana",-1],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexReplaceAll",["(","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexFindAll",["(","-ab-axxb-",-1],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexSplit",["(","-ab-axxb-",-1],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexReplaceAllLiteral",["(","-ab-axxb-","\u00241"],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexFind",["(",""],["#2",null,"error parsing regexp: missing closing ): \u0060(\u0060"]]
["regexFind",["a**","banana"],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexMatch",["a**","banana"],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexFindAll",["a**","banana",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexSplit",["a**","banana",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexReplaceAll",["a**","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexFindAll",["a**","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexSplit",["a**","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexFind",["a**",""],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexMatch",["a**",""],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexFindAll",["a**","",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexSplit",["a**","",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexReplaceAll",["a**","","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexReplaceAllLiteral",["a**","","\u00241"],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexFindAll",["a**","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexSplit",["a**","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",null,"error parsing regexp: invalid nested repetition operator: \u0060**\u0060"]]
["regexFind",["a{1001}","banana"],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexMatch",["a{1001}","banana"],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexFindAll",["a{1001}","banana",-1],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexSplit",["a{1001}","banana",-1],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexReplaceAll",["a{1001}","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexFindAll",["a{1001}","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexSplit",["a{1001}","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexReplaceAllLiteral",["a{1001}","-ab-axxb-","\u00241"],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexFind",["a{1001}",""],["#2",null,"error parsing regexp: invalid repeat count: \u0060{1001}\u0060"]]
["regexFind",["\\","banana"],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexMatch",["\\","banana"],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexFindAll",["\\","banana",-1],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexSplit",["\\","banana",-1],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexReplaceAll",["\\","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexFindAll",["\\","-ab-axxb-",-1],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexSplit",["\\","-ab-axxb-",-1],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexFind",["\\",""],["#2",null,"error parsing regexp: trailing backslash at end of expression: \u0060\u0060"]]
["regexFind",["(?=a)","banana"],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexMatch",["(?=a)","banana"],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexFindAll",["(?=a)","banana",-1],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexSplit",["(?=a)","banana",-1],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexReplaceAll",["(?=a)","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexReplaceAllLiteral",["(?=a)","banana","\u00241"],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexFindAll",["(?=a)","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexSplit",["(?=a)","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexFind",["(?=a)",""],["#2",null,"error parsing regexp: invalid or unsupported Perl syntax: \u0060(?=\u0060"]]
["regexFind",["[z-a]","banana"],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexMatch",["[z-a]","banana"],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexFindAll",["[z-a]","banana",-1],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexSplit",["[z-a]","banana",-1],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexReplaceAll",["[z-a]","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexFindAll",["[z-a]","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexSplit",["[z-a]","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexReplaceAllLiteral",["[z-a]","-ab-axxb-","\u00241"],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexFind",["[z-a]",""],["#2",null,"error parsing regexp: invalid character class range: \u0060z-a\u0060"]]
["regexFind",["\u00c3\u00a9+","banana"],["#2","",null]]
["regexMatch",["\u00c3\u00a9+","banana"],["#2",false,null]]
["regexFindAll",["\u00c3\u00a9+","banana",-1],["#2",[],null]]
["regexSplit",["\u00c3\u00a9+","banana",-1],["#2",["banana"],null]]
["regexReplaceAll",["\u00c3\u00a9+","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2","banana",null]]
["regexFindAll",["\u00c3\u00a9+","-ab-axxb-",-1],["#2",[],null]]
["regexSplit",["\u00c3\u00a9+","-ab-axxb-",-1],["#2",["-ab-axxb-"],null]]
["regexFind",["\u00c3\u00a9+",""],["#2","",null]]
["regexMatch",["\u00c3\u00a9+",""],["#2",false,null]]
["regexFindAll",["\u00c3\u00a9+","",-1],["#2",[],null]]
["regexSplit",["\u00c3\u00a9+","",-1],["#2",[""],null]]
["regexReplaceAll",["\u00c3\u00a9+","","<\u0024{1}\u0024n\u0024\u0024>"],["#2","",null]]
["regexReplaceAllLiteral",["\u00c3\u00a9+","","\u00241"],["#2","",null]]
["regexFindAll",["\u00c3\u00a9+","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",["\u00c3\u00a9\u00c3\u00a9"],null]]
["regexSplit",["\u00c3\u00a9+","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",["","a"],null]]
["regexFind",["","banana"],["#2","",null]]
["regexMatch",["","banana"],["#2",true,null]]
["regexFindAll",["","banana",-1],["#2",["","","","","","",""],null]]
["regexSplit",["","banana",-1],["#2",["b","a","n","a","n","a"],null]]
["regexReplaceAll",["","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2","<\u0024>b<\u0024>a<\u0024>n<\u0024>a<\u0024>n<\u0024>a<\u0024>",null]]
["regexFindAll",["","-ab-axxb-",-1],["#2",["","","","","","","","","",""],null]]
["regexSplit",["","-ab-axxb-",-1],["#2",["-","a","b","-","a","x","x","b","-"],null]]
["regexReplaceAllLiteral",["","-ab-axxb-","\u00241"],["#2","\u00241-\u00241a\u00241b\u00241-\u00241a\u00241x\u00241x\u00241b\u00241-\u00241",null]]
["regexFind",["",""],["#2","",null]]
["regexMatch",["",""],["#2",true,null]]
["regexFindAll",["","",-1],["#2",[""],null]]
["regexSplit",["","",-1],["#2",[],null]]
["regexReplaceAll",["","","<\u0024{1}\u0024n\u0024\u0024>"],["#2","<\u0024>",null]]
["regexFindAll",["","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",["","","",""],null]]
["regexSplit",["","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",["\u00c3\u00a9","\u00c3\u00a9","a"],null]]
["regexFind",["(?P<n>a)","banana"],["#2","a",null]]
["regexMatch",["(?P<n>a)","banana"],["#2",true,null]]
["regexFindAll",["(?P<n>a)","banana",-1],["#2",["a","a","a"],null]]
["regexSplit",["(?P<n>a)","banana",-1],["#2",["b","n","n",""],null]]
["regexReplaceAll",["(?P<n>a)","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2","b<aa\u0024>n<aa\u0024>n<aa\u0024>",null]]
["regexReplaceAllLiteral",["(?P<n>a)","banana","\u00241"],["#2","b\u00241n\u00241n\u00241",null]]
["regexFindAll",["(?P<n>a)","-ab-axxb-",-1],["#2",["a","a"],null]]
["regexSplit",["(?P<n>a)","-ab-axxb-",-1],["#2",["-","b-","xxb-"],null]]
["regexFind",["(?P<n>a)",""],["#2","",null]]
["regexFind",["\u00ff","banana"],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexMatch",["\u00ff","banana"],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexFindAll",["\u00ff","banana",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexSplit",["\u00ff","banana",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexReplaceAll",["\u00ff","banana","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexFindAll",["\u00ff","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexSplit",["\u00ff","-ab-axxb-",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexReplaceAllLiteral",["\u00ff","-ab-axxb-","\u00241"],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexFind",["\u00ff",""],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexMatch",["\u00ff",""],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexFindAll",["\u00ff","",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexSplit",["\u00ff","",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexReplaceAll",["\u00ff","","<\u0024{1}\u0024n\u0024\u0024>"],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexFindAll",["\u00ff","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["regexSplit",["\u00ff","\u00c3\u00a9\u00c3\u00a9a",-1],["#2",null,"error parsing regexp: invalid UTF-8: \u0060\u00ff\u0060"]]
["round",[1.55,0],2]
["round",[1.55,3],1.55]
["round",[1.55,1,0.3],1.6]
["round",[-1.55,1],-1.6]
["round",[-1.55,-1],-10]
["round",[123.5555,0],124]
["round",[123.5555,3],123.556]
["round",[123.5555,1,0.3],123.6]
["round",[0.5,1],0.5]
["round",[0.5,-1],0]
["round",[2.5,0],3]
["round",[2.5,3],2.5]
["round",[2.5,1,0.3],2.5]
["round",["1.55",1],1.6]
["round",["1.55",-1],0]
["round",["x",0],0]
["round",["x",3],0]
["round",["x",1,0.3],0]
["round",[1e+300,1],1e+300]
["round",[1e+300,-1],1e+300]
["round",[-0.4,0],-1]
["round",[-0.4,3],-0.4]
["round",[-0.4,1,0.3],-0.4]
["seq",[[]],""]
["seq",[[3]],"1 2 3"]
["seq",[[-2]],"1 0 -1 -2"]
["seq",[[1]],"1"]
["seq",[[2,5]],"2 3 4 5"]
["seq",[[5,1]],"5 4 3 2 1"]
["seq",[[1,2,7]],"1 3 5 7"]
["seq",[[1,0,3]],""]
["seq",[[7,-3,1]],"7 4 1"]
["seq",[[7,3,1]],""]
["seq",[[1,-1,5]],""]
["seq",[[0,10,3]],"0"]
["seq",[[1,2,3,4]],""]
["seq",[[4,0,1]],""]
["seq",[[5,5]],"5"]
["seq",[[5,1,5]],"5"]
["seq",[[5,-1,5]],""]
["toDecimal",["777"],511]
["toDecimal",["9"],0]
["toDecimal",[""],0]
["toDecimal",["-17"],-15]
["toDecimal",["+7"],7]
["toDecimal",["0777"],511]
["toDecimal",["0x1"],0]
["toDecimal",["7_7"],0]
["toDecimal",["1e3"],0]
["toDecimal",["777777777777777777777"],9223372036854775807]
["toDecimal",["1777777777777777"],70368744177663]
["toDecimal",["nil"],0]
["toDecimal",[" 7"],0]
["semverCompare",["^1.2","1.2.3"],["#2",true,null]]
["semverCompare",["^1.2","2.0.0"],["#2",false,null]]
["semverCompare",["^1.2","1.2.3-beta"],["#2",false,null]]
["semverCompare",["^1.2","3"],["#2",false,null]]
["semverCompare",["^1.2","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["~1.2.3","1.2.3"],["#2",true,null]]
["semverCompare",["~1.2.3","2.0.0"],["#2",false,null]]
["semverCompare",["~1.2.3","1.2.3-beta"],["#2",false,null]]
["semverCompare",["~1.2.3","3"],["#2",false,null]]
["semverCompare",["~1.2.3","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",[">=1.2, <2","1.2.3"],["#2",true,null]]
["semverCompare",[">=1.2, <2","2.0.0"],["#2",false,null]]
["semverCompare",[">=1.2, <2","1.2.3-beta"],["#2",false,null]]
["semverCompare",[">=1.2, <2","3"],["#2",false,null]]
["semverCompare",[">=1.2, <2","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",[">=1.2 <2","1.2.3"],["#2",true,null]]
["semverCompare",[">=1.2 <2","2.0.0"],["#2",false,null]]
["semverCompare",[">=1.2 <2","1.2.3-beta"],["#2",false,null]]
["semverCompare",[">=1.2 <2","3"],["#2",false,null]]
["semverCompare",[">=1.2 <2","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["1.2 - 2","1.2.3"],["#2",true,null]]
["semverCompare",["1.2 - 2","2.0.0"],["#2",true,null]]
["semverCompare",["1.2 - 2","1.2.3-beta"],["#2",false,null]]
["semverCompare",["1.2 - 2","3"],["#2",false,null]]
["semverCompare",["1.2 - 2","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["1.x","1.2.3"],["#2",true,null]]
["semverCompare",["1.x","2.0.0"],["#2",false,null]]
["semverCompare",["1.x","1.2.3-beta"],["#2",false,null]]
["semverCompare",["1.x","3"],["#2",false,null]]
["semverCompare",["1.x","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["*","1.2.3"],["#2",true,null]]
["semverCompare",["*","2.0.0"],["#2",true,null]]
["semverCompare",["*","1.2.3-beta"],["#2",false,null]]
["semverCompare",["*","3"],["#2",true,null]]
["semverCompare",["*","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["!=1.2","1.2.3"],["#2",false,null]]
["semverCompare",["!=1.2","2.0.0"],["#2",true,null]]
["semverCompare",["!=1.2","1.2.3-beta"],["#2",false,null]]
["semverCompare",["!=1.2","3"],["#2",true,null]]
["semverCompare",["!=1.2","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["^0.0.3","1.2.3"],["#2",false,null]]
["semverCompare",["^0.0.3","2.0.0"],["#2",false,null]]
["semverCompare",["^0.0.3","1.2.3-beta"],["#2",false,null]]
["semverCompare",["^0.0.3","3"],["#2",false,null]]
["semverCompare",["^0.0.3","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",[">=1.2-0","1.2.3"],["#2",true,null]]
["semverCompare",[">=1.2-0","2.0.0"],["#2",true,null]]
["semverCompare",[">=1.2-0","1.2.3-beta"],["#2",true,null]]
["semverCompare",[">=1.2-0","3"],["#2",true,null]]
["semverCompare",[">=1.2-0","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["1.2 || >=3","1.2.3"],["#2",true,null]]
["semverCompare",["1.2 || >=3","2.0.0"],["#2",false,null]]
["semverCompare",["1.2 || >=3","1.2.3-beta"],["#2",false,null]]
["semverCompare",["1.2 || >=3","3"],["#2",true,null]]
["semverCompare",["1.2 || >=3","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["=>1.2","1.2.3"],["#2",true,null]]
["semverCompare",["=>1.2","2.0.0"],["#2",true,null]]
["semverCompare",["=>1.2","1.2.3-beta"],["#2",false,null]]
["semverCompare",["=>1.2","3"],["#2",true,null]]
["semverCompare",["=>1.2","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["~0.0.0","1.2.3"],["#2",true,null]]
["semverCompare",["~0.0.0","2.0.0"],["#2",true,null]]
["semverCompare",["~0.0.0","1.2.3-beta"],["#2",false,null]]
["semverCompare",["~0.0.0","3"],["#2",true,null]]
["semverCompare",["~0.0.0","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["","1.2.3"],["#2",null,"improper constraint: "]]
["semverCompare",["","2.0.0"],["#2",null,"improper constraint: "]]
["semverCompare",["","1.2.3-beta"],["#2",null,"improper constraint: "]]
["semverCompare",["","3"],["#2",null,"improper constraint: "]]
["semverCompare",["","bad"],["#2",null,"improper constraint: "]]
["semverCompare",["latest","1.2.3"],["#2",null,"improper constraint: latest"]]
["semverCompare",["latest","2.0.0"],["#2",null,"improper constraint: latest"]]
["semverCompare",["latest","1.2.3-beta"],["#2",null,"improper constraint: latest"]]
["semverCompare",["latest","3"],["#2",null,"improper constraint: latest"]]
["semverCompare",["latest","bad"],["#2",null,"improper constraint: latest"]]
["semverCompare",["1.2.3 4","1.2.3"],["#2",false,null]]
["semverCompare",["1.2.3 4","2.0.0"],["#2",false,null]]
["semverCompare",["1.2.3 4","1.2.3-beta"],["#2",false,null]]
["semverCompare",["1.2.3 4","3"],["#2",false,null]]
["semverCompare",["1.2.3 4","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["v1.2","1.2.3"],["#2",true,null]]
["semverCompare",["v1.2","2.0.0"],["#2",false,null]]
["semverCompare",["v1.2","1.2.3-beta"],["#2",false,null]]
["semverCompare",["v1.2","3"],["#2",false,null]]
["semverCompare",["v1.2","bad"],["#2",null,"invalid semantic version"]]
["semverCompare",["<=1.2","1.2.3"],["#2",true,null]]
["semverCompare",["<=1.2","2.0.0"],["#2",false,null]]
["semverCompare",["<=1.2","1.2.3-beta"],["#2",false,null]]
["semverCompare",["<=1.2","3"],["#2",false,null]]
["semverCompare",["<=1.2","bad"],["#2",null,"invalid semantic version"]]
["derivePassword",[1,"long","pw\u00c3\u00a9","user","example.com"],"MomuTocm7,Kity"]
["derivePassword",[1,"pin","pw\u00c3\u00a9","user","example.com"],"5334"]
["derivePassword",[1,"x","pw\u00c3\u00a9","user","example.com"],"cannot find password template x"]
["decryptAES",["pw","sDL5aU3wHoriVXWs/6lZN54ELC/O3G0LI5LCu7WZ/8w="],["#2","secret",null]]
["decryptAES",["pw",""],["#2","",null]]
["decryptAES",["pw","VPGv/FXxJgOA6Adq2IE3a243o4Fu/eOHXTgMXikjxppZnnEfb15ksmASjh1fBAGP"],["#2","exactly 16 bytes",null]]
["decryptAES",["pw","vvD34WPF//Gso/fpOSPCWN4BmOL3XFQ0zOskN+vklp4="],["#2","\u0000\u00ff",null]]
["decryptAES",["pw","!!"],["#2",null,"illegal base64 data at input byte 0"]]
["urlParse",[""],["#map","scheme=","host=","hostname=","path=","query=","opaque=","fragment=","userinfo="]]
["urlJoin",["","","","","","",""],""]
["urlParse",["https://u:p@h:1/a%20b?q=1#f"],["#map","scheme=https","host=h:1","hostname=h","path=/a b","query=q=1","opaque=","fragment=f","userinfo=u:p"]]
["urlJoin",["https","h:1","/a b","q=1","","f","u:p"],"https://u:p@h:1/a%20b?q=1#f"]
["urlParse",["mailto:a@b.c"],["#map","scheme=mailto","host=","hostname=","path=","query=","opaque=a@b.c","fragment=","userinfo="]]
["urlJoin",["mailto","","","","a@b.c","",""],"mailto:a@b.c"]
["urlParse",["/a/b?x"],["#map","scheme=","host=","hostname=","path=/a/b","query=x","opaque=","fragment=","userinfo="]]
["urlJoin",["","","/a/b","x","","",""],"/a/b?x"]
["urlParse",["//host/p"],["#map","scheme=","host=host","hostname=host","path=/p","query=","opaque=","fragment=","userinfo="]]
["urlJoin",["","host","/p","","","",""],"//host/p"]
["urlParse",["http://[::1]:80/"],["#map","scheme=http","host=[::1]:80","hostname=::1","path=/","query=","opaque=","fragment=","userinfo="]]
["urlJoin",["http","[::1]:80","/","","","",""],"http://[::1]:80/"]
["urlParse",["HTTP://X/"],["#map","scheme=http","host=X","hostname=X","path=/","query=","opaque=","fragment=","userinfo="]]
["urlJoin",["http","X","/","","","",""],"http://X/"]
["urlParse",["http://h/\u00c3\u00a9?\u00c3\u00a9#\u00c3\u00a9"],["#map","scheme=http","host=h","hostname=h","path=/\u00c3\u00a9","query=\u00c3\u00a9","opaque=","fragment=\u00c3\u00a9","userinfo="]]
["urlJoin",["http","h","/\u00c3\u00a9","\u00c3\u00a9","","\u00c3\u00a9",""],"http://h/%C3%A9?\u00c3\u00a9#%C3%A9"]
["urlParse",["a b"],["#map","scheme=","host=","hostname=","path=a b","query=","opaque=","fragment=","userinfo="]]
["urlJoin",["","","a b","","","",""],"a%20b"]
["urlParse",["http://u@h"],["#map","scheme=http","host=h","hostname=h","path=","query=","opaque=","fragment=","userinfo=u"]]
["urlJoin",["http","h","","","","","u"],"http://u@h"]
["urlParse",["http://h:"],["#map","scheme=http","host=h:","hostname=h","path=","query=","opaque=","fragment=","userinfo="]]
["urlJoin",["http","h:","","","","",""],"http://h:"]
["urlParse",["x:y#"],["#map","scheme=x","host=","hostname=","path=","query=","opaque=y","fragment=","userinfo="]]
["urlJoin",["x","","","","y","",""],"x:y"]
["urlParse",["http://%41b.c/"],["!"]]
["urlParse",["?a"],["#map","scheme=","host=","hostname=","path=","query=a","opaque=","fragment=","userinfo="]]
["urlJoin",["","","","a","","",""],"?a"]
["urlParse",["#f"],["#map","scheme=","host=","hostname=","path=","query=","opaque=","fragment=f","userinfo="]]
["urlJoin",["","","","","","f",""],"#f"]
["urlParse",["://x"],["!"]]
["urlParse",["http://a b/"],["!"]]
["urlParse",["%zz"],["!"]]
["urlParse",["http://h:x/"],["!"]]
["urlParse",["a:b:c"],["#map","scheme=a","host=","hostname=","path=","query=","opaque=b:c","fragment=","userinfo="]]
["urlParse",[":x"],["!"]]
["urlParse",["http://[::1"],["!"]]
["urlParse",["\u0001"],["!"]]
["urlParse",["http://h/%"],["!"]]
`,
);

/** The start of SHA-256 over Go's answers for all code points: a byte each, or `code:other,` where the case differs. */
const DIGESTS: Readonly<Record<string, string>> = {
  iscontrol: "0e54c9a3f4c6c59d",
  isdigit: "15b5fc3044e3fbd1",
  isgraphic: "3b6059a921f70580",
  isletter: "08dc43075a56661a",
  islower: "3f0faec3b9db4274",
  ismark: "e6fbe2b96cfd2ab7",
  isnumber: "3b4a1fe0802ef7ab",
  isprint: "a24a109bc8e347f9",
  ispunct: "14a49fcc990c64cf",
  isspace: "c98391b7e6a30c02",
  issymbol: "15e7331dfa477813",
  istitle: "05e645926ef1a4fe",
  isupper: "2e36bfab074730d8",
  validrune: "e9ffc64f1c91ca34",
  tolower: "caae04ff77df1dd8",
  toupper: "63b28ab989a1ce5d",
  totitle: "ca254cdbd76701ca",
};

for (const [name, want] of Object.entries(DIGESTS)) {
  Deno.test(`module runes: ${name} of every code point`, () => {
    const call = modules.runes![name]!;
    const hash = createHash("sha256");
    if (name.startsWith("to")) {
      for (let code = 0; code <= 0x10ffff; code++) {
        const other = call(code);
        if (other !== code) hash.update(`${code}:${other},`);
      }
    } else hash.update(Uint8Array.from({ length: 0x110000 }, (_, code) => call(code) ? 1 : 0));
    assert.equal(hash.digest("hex").slice(0, want.length), want);
  });
}

Deno.test("module strings: long parts are found in linear time", () => {
  const { Index, LastIndex, Count } = modules.strings!;
  const text = "a".repeat(1_000_000), half = "a".repeat(131_072);
  const took = timeOf(() => {
    assert.equal(Index!(text, `${half}b${half}`), -1);
    assert.equal(LastIndex!(text, `${half}${half}b`), -1);
    assert.equal(Index!(`${text}${half}b${half}c`, `${half}b${half}`), 1_000_000);
    assert.equal(LastIndex!(text, half), 1_000_000 - 131_072);
    assert.equal(Count!(text, half), 7);
  });
  // The engine's own search takes minutes.
  assert.ok(took < 5000);
});

Deno.test("module functions refuse what would be too large", () => {
  const { strings, sprig, runes } = modules;
  const long = "a".repeat(9_000_000);
  const refused: readonly (() => unknown)[] = [
    () => strings!.Repeat!("ab", 2 ** 40),
    () => strings!.Repeat!("ab", 2 ** 25 + 1),
    () => strings!.Split!(long, ""),
    () => strings!.Split!(long, "a"),
    () => strings!.ReplaceAll!(long, "a", "12345678"),
    () => strings!.Join!({ list: Array.from({ length: 20 }, () => long) }, ""),
    () => runes!.runeslice!(long),
    () => runes!.stringtobytes!(long),
    () => sprig!.indent!(2 ** 30, "a"),
    () => sprig!.seq!({ list: [1, 2 ** 40] }),
    () => sprig!.wrapWith!(1, long, "123456789"),
    () => sprig!.regexMatch!("a".repeat(20_000), "a"),
    () => sprig!.regexMatch!("(a{1000}b{1000}c{1000}){1000}".repeat(10), "a"),
  ];
  for (const call of refused) assert.throws(call, HostError, String(call));
});

Deno.test("matching ends with the script's time, also where each of many matches looks at the whole text", () => {
  const stop = new Error("stop");
  let ticks = 0;
  const tick = () => {
    if (++ticks > 100) throw stop;
  };
  const { sprig } = moduleFunctions({ ...world, tick });
  const long = "a".repeat(1_000_000);
  for (const name of ["regexFindAll", "regexSplit"]) {
    ticks = 0;
    assert.throws(() => sprig![name]!("a.*b|a", long, -1), (error) => error === stop);
  }
  assert.throws(() => sprig!.regexReplaceAll!("a.*b|a", long, "x"), (error) => error === stop);
});

/** A chunk's results as `tostring` shows them, a table as JSON. */
const SCRIPTS: readonly { name: string; lua: string; want: string }[] = [
  {
    name: "empty values",
    lua: "sprig.all({0,1}), sprig.any({0,1}), sprig.all({}), sprig.empty(nil)",
    want: "false true true true",
  },
  { name: "compact", lua: "sprig.compact({0,1,'',false,'a',{},{2}})", want: '[1,"a",[2]]' },
  { name: "coalesce", lua: "sprig.coalesce(nil, 0, '', 'x'), sprig.coalesce(nil)", want: "x nil" },
  { name: "uniq goes by texts", lua: "sprig.uniq({1,'1',true,'true'})", want: "[1,true]" },
  { name: "cat leaves nil out", lua: "sprig.cat('a', nil, 1, true, 2.5)", want: "a 1 true 2.5" },
  { name: "ternary", lua: "sprig.ternary(nil, 2, true), sprig.ternary(1, nil, false)", want: "nil nil" },
  { name: "ternary wants a boolean", lua: "(pcall(sprig.ternary, 1, 2, 'x'))", want: "false" },
  {
    name: "sortAlpha",
    lua: "sprig.sortAlpha({3,'a',20}), sprig.sortAlpha(nil), sprig.sortAlpha('x')",
    want: '["20","3","a"] ["nil"] ["x"]',
  },
  { name: "explicit nil", lua: "sprig.duration(nil), sprig.durationRound(nil), sprig.toDecimal(nil)", want: "0s 0s 0" },
  {
    name: "duration",
    lua: "sprig.duration(95), sprig.duration('95'), sprig.duration('x'), sprig.duration(95.9)",
    want: "1m35s 1m35s 0s 1m35s",
  },
  { name: "infinite durations", lua: "sprig.duration(1/0), sprig.ago(0/0)", want: "0s 2562047h47m16.854775807s" },
  { name: "ago", lua: "sprig.ago(1699999905), (pcall(sprig.ago, '1699999905'))", want: "1m35s false" },
  { name: "toDecimal reads octal", lua: "sprig.toDecimal(777), sprig.toDecimal('9')", want: "511 0" },
  { name: "round", lua: "sprig.round('x', 1), sprig.round(1.25, 1), sprig.round(1.25, 1, 0.6)", want: "0 1.3 1.2" },
  {
    name: "quote takes a table",
    lua: "sprig.quote({'a', 1, 1e6, 1234567.5, true}), (pcall(sprig.quote, 'a'))",
    want: '"a" "1" "1000000" "1.2345675e+06" "true" false',
  },
  { name: "squote", lua: "sprig.squote({'a', 2})", want: "'a' '2'" },
  { name: "seq", lua: "sprig.seq({2,5}), sprig.seq({1,0,3}) == '', (pcall(sprig.seq, 3))", want: "2 3 4 5 true false" },
  {
    name: "substr",
    lua:
      "sprig.substr(-1,3,'hello'), sprig.substr(1,99,'hello'), '<'..sprig.substr(0,-1,'hello')..sprig.substr(3,1,'hello')..sprig.substr(9,12,'hello')..'>'",
    want: "hel ello <>",
  },
  { name: "numeric texts are numbers", lua: "sprig.trunc('2', 'abc'), sprig.randInt('3', 3)", want: "ab 3" },
  { name: "randInt of no range", lua: "sprig.randInt(5, 5), sprig.randInt(5, 3)", want: "5 5" },
  {
    name: "arguments are counted first",
    lua: "pcall(sprig.trunc, 'x')",
    want: "false <string>:1: trunc: <string>:1: bad argument #1 to trunc (trunc requires 2 arguments)",
  },
  {
    name: "sprig's type errors",
    lua: "pcall(sprig.seq, 3)",
    want: "false <string>:1: seq: <string>:1: bad argument #1 to seq (table expected, got number)",
  },
  { name: "negative indent", lua: "(pcall(sprig.indent, -1, 'x'))", want: "false" },
  {
    name: "there and back by AES",
    lua: "sprig.decryptAES('pw', (sprig.encryptAES('pw', 'secret')))",
    want: "secret nil",
  },
  {
    name: "AES: bad base64 is a result",
    lua: "(select('#', sprig.decryptAES('pw', '!!'))), (sprig.decryptAES('pw', '!!'))",
    want: "2 nil",
  },
  { name: "AES: too short raises", lua: "(pcall(sprig.decryptAES, 'pw', 'aGk='))", want: "false" },
  {
    name: "texts for errors",
    lua: "sprig.genPrivateKey('x'), sprig.htpasswd('a:b', 'c')",
    want: "Unknown type x invalid username: a:b",
  },
  {
    name: "urlJoin",
    lua: "sprig.urlJoin({scheme='https', host='h:1', path='/a b', query='q=1', fragment='f', userinfo='u:p'})",
    want: "https://u:p@h:1/a%20b?q=1#f",
  },
  {
    name: "urlParse",
    lua: "sprig.urlParse('https://u:p@h:1/a%20b?q#f').path, (pcall(sprig.urlParse, '://x'))",
    want: "/a b false",
  },
  {
    name: "sprig becomes a global",
    lua: "type(sprig), type(json), type(strings), type(runes)",
    want: "table nil nil nil",
  },
  {
    name: "callbacks",
    lua:
      "S.Map(function(c) if c == 98 then return -1 end return c + 1 end, 'abc'), S.TrimFunc('xxaxx', function(c) return c == 120 end), S.IndexFunc('abc', function(c) return c == 99 end), S.LastIndexFunc('a', function(c) return c == 99 end)",
    want: "bd a 2 -1",
  },
  {
    name: "fields by a callback",
    lua: "S.FieldsFunc('a,b;;c', function(c) return c == 44 or c == 59 end)",
    want: '["a","b","c"]',
  },
  {
    name: "callbacks give booleans and numbers",
    lua: "(pcall(S.IndexFunc, 'a', function() return 1 end)), (pcall(S.Map, function() return '1' end, 'a'))",
    want: "false false",
  },
  {
    name: "whole numbers are no texts",
    lua: "(pcall(S.Repeat, 'a', '2')), (pcall(R.isdigit, '5')), S.Repeat('ab', 2.9)",
    want: "false false abab",
  },
  { name: "texts may be numbers", lua: "S.Contains(123, 2), S.Index(10, '0')", want: "true 1" },
  { name: "negative Repeat", lua: "(pcall(S.Repeat, 'a', -1))", want: "false" },
  { name: "Join takes texts only", lua: "S.Join({'a', 1, 'b', nil, 'c', {}}, '-')", want: "a-b-c" },
  {
    name: "SplitN of nothing",
    lua: "S.SplitN('a,b', ',', 0), S.SplitAfterN('a,b', ',', 0), S.Split('', ',')",
    want: 'nil nil [""]',
  },
  {
    name: "runerange",
    lua:
      "R.runerange('h\\195\\169llo', 2, 4) == '\\195\\169l', R.runerange('abc', 2), R.runerange('abc', 10) .. R.runerange('abc', 1, 0) .. R.runerange('abc', 2, 2) == '', (pcall(R.runerange, 'abc', 3, 2))",
    want: "true bc true false",
  },
  {
    name: "runeat and runeindex",
    lua:
      "R.runeat('a\\195\\169', 2), R.runeat('a\\195\\169', 3), R.runeat('a', 2), R.runeindex('hello', 108), R.runeindex('hello', 108, 4), R.runeindex('hello', 108, 5)",
    want: "233 nil nil 3 4 nil",
  },
  {
    name: "lists of runes and bytes",
    lua:
      "R.runestring(104, 105), R.bytetostring({104, 105}), R.stringtobytes('h\\195'), R.runetobytes({233}), R.bytestorune({195, 169}), R.bytestorune({}), R.runesplit('', 44)",
    want: 'hi hi [104,195] [195,169] 233 nil [""]',
  },
  { name: "decode drops null", lua: `J.decode('{"a":[1,null,2],"b":null}')`, want: '{"a":[1,2]}' },
  {
    name: "encode refuses",
    lua: "(select(2, J.encode({[0]=1}))), (J.encode(0/0)), (J.encode({print}))",
    want: "json: error calling MarshalJSON for type json.jsonValue: cannot encode sparse array nil nil",
  },
  { name: "encode knows a table once", lua: "(function() local t = {} return (J.encode({t, t})) end)()", want: "nil" },
  {
    name: "encode keeps the sign of zero and escapes stray bytes",
    lua: "J.encode(-0), J.encode('a\\255<')",
    want: '-0 "a\\ufffd\\u003c"',
  },
  {
    name: "YAML",
    lua: "J.toYAML(nil), J.toYAML({}), J.fromYAML('y'), J.fromYAML('') == nil, (J.toYAML('\\127'))",
    want: "null\n []\n true true nil",
  },
  {
    name: "deep tables",
    lua: "(function() local t = {} for i = 1, 990 do t = {t} end return #J.encode(t) end)()",
    want: "1982",
  },
  {
    name: "deep JSON",
    lua: "type(J.decode(('['):rep(990) .. (']'):rep(990))), (pcall(J.decode, ('['):rep(3000) .. (']'):rep(3000)))",
    want: "table false",
  },
  {
    name: "overwritten globals",
    lua: "(function() type, select, next, error, pcall = nil local s = require('sprig') return s.any({0, 1}) end)()",
    want: "true",
  },
];

const sandbox = createLuaSandbox({}, world);

function resultsOf(lua: string): string {
  const preamble = "local S, R, J = require('strings'), require('runes'), require('json') require('sprig')";
  const { values } = sandbox.run({ text: `${preamble} return ${lua}`, name: "test" });
  return values.map(({ type, tostring, json }) => type === "table" ? JSON.stringify(json) : tostring).join(" ");
}

for (const { name, lua, want } of SCRIPTS) {
  Deno.test(`modules in scripts: ${name}`, () => assert.equal(resultsOf(lua), want));
}

const WITHOUT_CHANCE: readonly [string, string][] = [
  ["bcrypt", "'pw'"],
  ["encryptAES", "'pw', 'text'"],
  ["genPrivateKey", "'ed25519'"],
  ["htpasswd", "'user', 'pw'"],
  ["randInt", "1, 10"],
  ["shuffle", "'abc'"],
];

for (const [name, args] of WITHOUT_CHANCE) {
  Deno.test(`sprig.${name} without chance is refused by name, never answered with what everybody knows`, () => {
    const plain = createLuaSandbox({}, { seconds: world.seconds });
    const text = `return require('sprig').${name}(${args})`;
    assert.throws(() => plain.run({ text, name: "test" }), (error) => {
      assert.ok(error instanceof LuaError);
      assert.match(error.message, new RegExp(`sprig\\.${name} is not available in this sandbox: it wants chance`));
      return true;
    });
  });
}

Deno.test("sprig: what a script without chance may call needs none", () => {
  const { sprig } = moduleFunctions({ seconds: world.seconds, tick: () => {} });
  const asked = [[], ["a"], ["a", "b"], [1, 2], [1, "long", "pw", "user", "host"]];
  for (const [name, call] of Object.entries(sprig!)) {
    for (const args of asked) {
      try {
        call(...args);
      } catch (error) {
        assert.doesNotMatch(String(error), /not in the list of those/, name);
      }
    }
  }
});

Deno.test("a loop around a slow function ends with the script's time", () => {
  const short = createLuaSandbox({ milliseconds: 300 }, world);
  const text = "local s = require('strings') local x = s.Repeat('x', 1e6) for i = 1, 1e6 do s.Count(x, '') end";
  const run = () => short.run({ text, name: "test" });
  assert.throws(run, (error) => error instanceof LuaError && error.message.includes("--lua-time"));
});
