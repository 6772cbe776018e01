/** Builds the trees of YAML documents from their tokens, by the grammar of YAML 1.1. */
import { Scanner, type Token, type TokenType } from "./scan.ts";
import type { Tag } from "./scan_property.ts";
import { errorAt, errorWithoutLine, type Mark } from "./yaml_error.ts";

export type YamlNode = ScalarNode | SequenceNode | MappingNode | AliasNode;

interface NodePlace {
  readonly mark: Mark;
}

export interface ScalarNode extends NodePlace {
  readonly kind: "scalar";
  readonly text: string;
  /** The whole tag, such as `tag:yaml.org,2002:int`; empty if there is none. */
  readonly tag: string;
  /** What it is has to be seen from the text: it is plain, without a tag. */
  readonly isPlain: boolean;
}

export interface SequenceNode extends NodePlace {
  readonly kind: "sequence";
  readonly items: YamlNode[];
}

export interface MappingNode extends NodePlace {
  readonly kind: "mapping";
  readonly entries: [key: YamlNode, value: YamlNode][];
}

export interface AliasNode extends NodePlace {
  readonly kind: "alias";
  readonly name: string;
  readonly target: YamlNode;
}

export const YAML_TAG = "tag:yaml.org,2002:";

/** The first document of `text`, whatever follows it; undefined if there is none. @throws {YamlError} */
export function parseYaml(text: string): YamlNode | undefined {
  return new Parser(text).document();
}

/** The documents of `text` one after the other. @throws {YamlError} when it comes to what is wrong. */
export function* parseYamlStream(text: string): Generator<YamlNode> {
  const parser = new Parser(text);
  for (let node = parser.document(); node !== undefined; node = parser.document()) yield node;
}

class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Map<string, YamlNode>();
  #tagPrefixes = new Map<string, string>();
  #isFirst = true;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  /** The next document; undefined at the end. */
  document(): YamlNode | undefined {
    while (!this.#isFirst && this.#isNext("document-end")) this.#scanner.take();
    if (this.#isNext("stream-end")) return undefined;
    this.#tagPrefixes = new Map([["!", "!"], ["!!", YAML_TAG]]);
    this.#anchors.clear();
    const isExplicit = !this.#isFirst || this.#isNext("version-directive", "tag-directive", "document-start");
    this.#isFirst = false;
    const node = isExplicit ? this.#explicitDocument() : this.#node(true, false);
    // Reading on tells whether the document ends well.
    if (this.#isNext("document-end")) this.#scanner.take();
    return node;
  }

  #explicitDocument(): YamlNode {
    this.#directives();
    if (!this.#isNext("document-start")) this.#fail("did not find expected <document start>");
    const { mark } = this.#scanner.take();
    const isEmpty = this.#isNext("version-directive", "tag-directive", "document-start", "document-end", "stream-end");
    return isEmpty ? emptyScalar(mark) : this.#node(true, false);
  }

  #isNext(...types: TokenType[]): boolean {
    return types.includes(this.#scanner.peek().type);
  }

  #fail(reason: string, token: Token = this.#scanner.peek()): never {
    throw errorAt(reason, token.mark, "parser");
  }

  #directives(): void {
    let hasVersion = false;
    const handles = new Set<string>();
    while (true) {
      const token = this.#scanner.peek();
      if (token.type === "version-directive") {
        if (hasVersion) this.#fail("found duplicate %YAML directive");
        if (token.text !== "1.1") this.#fail("found incompatible YAML document");
        hasVersion = true;
      } else if (token.type === "tag-directive") {
        const { handle, suffix } = token.tag!;
        if (handles.has(handle)) this.#fail("found duplicate %TAG directive");
        handles.add(handle);
        this.#tagPrefixes.set(handle, suffix);
      } else return;
      this.#scanner.take();
    }
  }

  /** A node with its anchor and tag. `canBeIndentless`: a sequence may begin without being further in. */
  #node(isBlock: boolean, canBeIndentless: boolean): YamlNode {
    const first = this.#scanner.peek();
    const { mark } = first;
    if (first.type === "alias") return this.#alias(this.#scanner.take());
    let anchor: string | undefined, tag: Token | undefined;
    if (this.#isNext("anchor")) {
      anchor = this.#scanner.take().text;
      if (this.#isNext("tag")) tag = this.#scanner.take();
    } else if (this.#isNext("tag")) {
      tag = this.#scanner.take();
      if (this.#isNext("anchor")) anchor = this.#scanner.take().text;
    }
    // Reading on comes first: what is wrong there is said before what is wrong with the tag.
    const next = this.#scanner.peek();
    const fullTag = tag === undefined ? "" : this.#fullTag(tag);
    if (next.type === "block-entry" && canBeIndentless) return this.#indentlessSequence(mark, anchor);
    if (next.type === "scalar") return this.#scalar(mark, anchor, fullTag);
    if (next.type === "flow-sequence-start") return this.#flowSequence(mark, anchor);
    if (next.type === "flow-mapping-start") return this.#flowMapping(mark, anchor);
    if (next.type === "block-sequence-start" && isBlock) return this.#blockSequence(mark, anchor);
    if (next.type === "block-mapping-start" && isBlock) return this.#blockMapping(mark, anchor);
    if (anchor !== undefined || tag !== undefined) {
      return this.#anchored(anchor, { kind: "scalar", mark, text: "", tag: fullTag, isPlain: fullTag === "" });
    }
    this.#fail("did not find expected node content");
  }

  #alias({ mark, text }: Token): AliasNode {
    const target = this.#anchors.get(text!);
    if (target === undefined) {
      throw errorWithoutLine("unknown anchor referenced", mark, `yaml: unknown anchor '${text}' referenced`);
    }
    return { kind: "alias", mark, name: text!, target };
  }

  #anchored<Node extends YamlNode>(anchor: string | undefined, node: Node): Node {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #fullTag(token: Token): string {
    const { handle, suffix } = token.tag as Tag;
    if (handle === "") return suffix;
    const prefix = this.#tagPrefixes.get(handle);
    if (prefix === undefined) this.#fail("found undefined tag handle", token);
    return prefix + suffix;
  }

  #scalar(mark: Mark, anchor: string | undefined, tag: string): ScalarNode {
    const token = this.#scanner.take();
    const isPlain = tag === "" && token.isPlain! || tag === "!";
    return this.#anchored(anchor, { kind: "scalar", mark, text: token.text!, tag, isPlain });
  }

  #indentlessSequence(mark: Mark, anchor: string | undefined): SequenceNode {
    const node = this.#anchored<SequenceNode>(anchor, { kind: "sequence", mark, items: [] });
    while (this.#isNext("block-entry")) {
      const entry = this.#scanner.take();
      const isEmpty = this.#isNext("block-entry", "key", "value", "block-end");
      node.items.push(isEmpty ? emptyScalar(entry.mark) : this.#node(true, false));
    }
    return node;
  }

  #blockSequence(mark: Mark, anchor: string | undefined): SequenceNode {
    const node = this.#anchored<SequenceNode>(anchor, { kind: "sequence", mark, items: [] });
    this.#scanner.take();
    while (this.#isNext("block-entry")) {
      const entry = this.#scanner.take();
      const isEmpty = this.#isNext("block-entry", "block-end");
      node.items.push(isEmpty ? emptyScalar(entry.mark) : this.#node(true, false));
    }
    if (!this.#isNext("block-end")) this.#fail("did not find expected '-' indicator");
    this.#scanner.take();
    return node;
  }

  #blockMapping(mark: Mark, anchor: string | undefined): MappingNode {
    const node = this.#anchored<MappingNode>(anchor, { kind: "mapping", mark, entries: [] });
    this.#scanner.take();
    while (this.#isNext("key")) {
      const { mark } = this.#scanner.take();
      const key = this.#blockEntryNode(mark);
      const value = this.#isNext("value")
        ? this.#blockEntryNode(this.#scanner.take().mark)
        : emptyScalar(this.#scanner.peek().mark);
      node.entries.push([key, value]);
    }
    if (!this.#isNext("block-end")) this.#fail("did not find expected key");
    this.#scanner.take();
    return node;
  }

  /** What stands behind `?` or `:` in a block mapping, which may be nothing. */
  #blockEntryNode(mark: Mark): YamlNode {
    return this.#isNext("key", "value", "block-end") ? emptyScalar(mark) : this.#node(true, true);
  }

  #flowSequence(mark: Mark, anchor: string | undefined): SequenceNode {
    const node = this.#anchored<SequenceNode>(anchor, { kind: "sequence", mark, items: [] });
    this.#scanner.take();
    while (!this.#isNext("flow-sequence-end")) {
      if (node.items.length > 0) {
        this.#separator("did not find expected ',' or ']'");
        if (this.#isNext("flow-sequence-end")) break;
      }
      node.items.push(this.#isNext("key") ? this.#singlePair() : this.#node(false, false));
    }
    this.#scanner.take();
    return node;
  }

  #separator(reason: string): void {
    if (!this.#isNext("flow-entry")) this.#fail(reason);
    this.#scanner.take();
  }

  /** A mapping of one entry within a flow sequence, `[a: 1]`. */
  #singlePair(): MappingNode {
    const { mark } = this.#scanner.take();
    const hasKey = !this.#isNext("value", "flow-entry", "flow-sequence-end");
    const key = hasKey ? this.#node(false, false) : emptyScalar(this.#scanner.take().mark);
    return { kind: "mapping", mark, entries: [[key, this.#flowValue("flow-sequence-end")]] };
  }

  #flowMapping(mark: Mark, anchor: string | undefined): MappingNode {
    const node = this.#anchored<MappingNode>(anchor, { kind: "mapping", mark, entries: [] });
    this.#scanner.take();
    while (!this.#isNext("flow-mapping-end")) {
      if (node.entries.length > 0) {
        this.#separator("did not find expected ',' or '}'");
        if (this.#isNext("flow-mapping-end")) break;
      }
      if (this.#isNext("key")) {
        const { mark } = this.#scanner.take();
        const hasKey = !this.#isNext("value", "flow-entry", "flow-mapping-end");
        const key = hasKey ? this.#node(false, false) : emptyScalar(mark);
        node.entries.push([key, this.#flowValue("flow-mapping-end")]);
      } else node.entries.push([this.#node(false, false), emptyScalar(this.#scanner.peek().mark)]);
    }
    this.#scanner.take();
    return node;
  }

  /** What stands behind `:` within brackets that `end` closes; there may be no colon, and nothing behind it. */
  #flowValue(end: TokenType): YamlNode {
    const { mark } = this.#scanner.peek();
    if (!this.#isNext("value")) return emptyScalar(mark);
    this.#scanner.take();
    return this.#isNext("flow-entry", end) ? emptyScalar(mark) : this.#node(false, false);
  }
}

function emptyScalar(mark: Mark): ScalarNode {
  return { kind: "scalar", mark, text: "", tag: "", isPlain: true };
}
