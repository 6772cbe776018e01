/** Which functions may call themselves, by the names that they call: only those need to watch the depth of calls. */
import type { Block, Expression, FunctionBody, Statement } from "./syntax.ts";

/**
 * The functions of a script whose calls lead back to their own name, directly or through others. Functions that reach
 * themselves only through values (`f(f)`) are not found.
 */
export function recursiveFunctions(main: FunctionBody): ReadonlySet<FunctionBody> {
  const graph = new Graph();
  graph.addFunction(main);
  const recursive = graph.namesInCycles();
  return new Set(graph.functions.filter(({ name }) => name !== undefined && recursive.has(name)));
}

class Graph {
  readonly functions: FunctionBody[] = [];
  /** Name of a function → the names that it calls, within functions in it too. */
  readonly #calls = new Map<string, Set<string>>();
  readonly #open: string[] = [];

  addFunction(body: FunctionBody): void {
    this.functions.push(body);
    if (body.name !== undefined) {
      this.#open.push(body.name);
      if (!this.#calls.has(body.name)) this.#calls.set(body.name, new Set());
    }
    this.#block(body.body);
    if (body.name !== undefined) this.#open.pop();
  }

  #call(name: string): void {
    for (const caller of this.#open) this.#calls.get(caller)!.add(name);
  }

  /** Another name for what a name means. */
  #alias(name: string | undefined, value: Expression | undefined): void {
    const meant = value && nameOf(value);
    if (name === undefined || meant === undefined || name === meant) return;
    if (!this.#calls.has(name)) this.#calls.set(name, new Set());
    this.#calls.get(name)!.add(meant);
  }

  #block(block: Block): void {
    for (const statement of block) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.type) {
      case "return":
        return this.#expressions(statement.values);
      case "local":
        statement.names.forEach(({ name }, i) => this.#alias(name, statement.values[i]));
        return this.#expressions(statement.values);
      case "assign":
        statement.targets.forEach((target, i) => this.#alias(nameOf(target), statement.values[i]));
        this.#expressions(statement.targets);
        return this.#expressions(statement.values);
      case "callStatement":
        return this.#expression(statement.call);
      case "do":
        return this.#block(statement.body);
      case "while":
      case "repeat":
        this.#expression(statement.condition);
        return this.#block(statement.body);
      case "if":
        for (const { condition, body } of statement.clauses) {
          this.#expression(condition);
          this.#block(body);
        }
        return this.#block(statement.otherwise ?? []);
      case "numericFor":
        this.#expressions([statement.start, statement.limit]);
        if (statement.step) this.#expression(statement.step);
        return this.#block(statement.body);
      case "genericFor":
        this.#expressions(statement.values);
        return this.#block(statement.body);
      case "localFunction":
      case "functionStatement":
        return this.addFunction(statement.function);
    }
  }

  #expressions(list: readonly Expression[]): void {
    for (const expression of list) this.#expression(expression);
  }

  #expression(expression: Expression): void {
    switch (expression.type) {
      case "index":
        return this.#expressions([expression.object, expression.key]);
      case "call": {
        const { callee } = expression;
        const name = nameOf(callee);
        if (name !== undefined) this.#call(name);
        this.#handOver(expression.args);
        this.#expression(callee);
        return this.#expressions(expression.args);
      }
      case "method":
        this.#call(expression.name);
        this.#handOver(expression.args);
        this.#expression(expression.object);
        return this.#expressions(expression.args);
      case "function":
        return this.addFunction(expression);
      case "table":
        for (const { key, value } of expression.fields) {
          if (key?.type === "string") this.#alias(key.value, value);
          if (key) this.#expression(key);
          this.#expression(value);
        }
        return;
      case "binary":
        return this.#expressions([expression.left, expression.right]);
      case "unary":
        return this.#expression(expression.operand);
      case "parenthesis":
        return this.#expression(expression.inner);
    }
  }

  /** A function that is handed over may be called: `pcall(f)`. */
  #handOver(args: readonly Expression[]): void {
    for (const arg of args) {
      const name = nameOf(arg);
      if (name !== undefined) this.#call(name);
    }
  }

  /** Names from which calls lead back to them: strongly connected components (Tarjan), and calls of oneself. */
  namesInCycles(): ReadonlySet<string> {
    const found = new Set<string>();
    const index = new Map<string, number>(), low = new Map<string, number>();
    const stack: string[] = [], onStack = new Set<string>();
    for (const root of this.#calls.keys()) {
      if (index.has(root)) continue;
      const work: { name: string; rest: Iterator<string> }[] = [];
      const enter = (name: string) => {
        index.set(name, index.size);
        low.set(name, index.get(name)!);
        stack.push(name);
        onStack.add(name);
        work.push({ name, rest: this.#calls.get(name)!.values() });
      };
      enter(root);
      while (work.length > 0) {
        const { name, rest } = work.at(-1)!;
        const step = rest.next();
        if (!step.done) {
          const called = step.value;
          if (called === name) found.add(name);
          if (!this.#calls.has(called)) continue;
          if (!index.has(called)) enter(called);
          else if (onStack.has(called)) low.set(name, Math.min(low.get(name)!, index.get(called)!));
          continue;
        }
        work.pop();
        const caller = work.at(-1)?.name;
        if (caller !== undefined) low.set(caller, Math.min(low.get(caller)!, low.get(name)!));
        if (low.get(name) !== index.get(name)) continue;
        const component: string[] = [];
        for (;;) {
          const member = stack.pop()!;
          onStack.delete(member);
          component.push(member);
          if (member === name) break;
        }
        if (component.length > 1) { for (const member of component) found.add(member); }
      }
    }
    return found;
  }
}

function nameOf(expression: Expression): string | undefined {
  if (expression.type === "name") return expression.name;
  return expression.type === "index" && expression.key.type === "string" ? expression.key.value : undefined;
}
