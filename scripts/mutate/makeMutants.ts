/** Makes small faults in a contract, at the places that the compiler's syntax tree shows. */

import { readContract } from "../solidity/compileContracts.ts";
import { childrenOf, isNode, type Node, syntaxTrees } from "../solidity/syntaxTree.ts";

export type FaultKind =
  | "operator"
  | "bound"
  | "missing check"
  | "order of effects"
  | "swapped field"
  | "deleted statement";
/** `start`, `length`: bytes of the file that `put` takes the place of. */
export type Mutant = {
  readonly file: string;
  readonly kind: FaultKind;
  readonly start: number;
  readonly length: number;
  readonly put: string;
};

const SWAPS: Readonly<Record<string, readonly [FaultKind, readonly string[]]>> = {
  "+": ["operator", ["-"]],
  "-": ["operator", ["+"]],
  "*": ["operator", ["/"]],
  "/": ["operator", ["*"]],
  "%": ["operator", ["*"]],
  "&": ["operator", ["|"]],
  "|": ["operator", ["&"]],
  "<<": ["operator", [">>"]],
  ">>": ["operator", ["<<"]],
  "&&": ["operator", ["||"]],
  "||": ["operator", ["&&"]],
  "==": ["operator", ["!="]],
  "!=": ["operator", ["=="]],
  "<": ["bound", ["<=", ">"]],
  "<=": ["bound", ["<"]],
  ">": ["bound", [">=", "<"]],
  ">=": ["bound", [">"]],
  "+=": ["operator", ["-="]],
  "-=": ["operator", ["+="]],
  "|=": ["operator", ["&="]],
  "++": ["operator", ["--"]],
  "--": ["operator", ["++"]],
};

/** All mutants of the file's functions, in the order of the file. Two that read alike are made once. */
export function makeMutants(file: string): readonly Mutant[] {
  const bytes = Buffer.from(readContract(file), "utf8");
  const at = (node: Node) => {
    const [start = 0, length = 0] = node.src.split(":").map(Number);
    return { start, length, text: bytes.subarray(start, start + length).toString("utf8") };
  };
  const mutants: Mutant[] = [];
  const add = (kind: FaultKind, start: number, length: number, put: string) =>
    mutants.push({ file, kind, start, length, put });

  const visit = (node: Node) => {
    const { start, length, text } = at(node);
    const { operator, condition, statements, value } = node;
    if (node.nodeType === "BinaryOperation" && isNode(node["leftExpression"]) && isNode(node["rightExpression"])) {
      const left = at(node["leftExpression"]);
      const right = at(node["rightExpression"]);
      const gap = left.start + left.length;
      const between = bytes.subarray(gap, right.start).toString("utf8");
      const [kind, puts] = SWAPS[String(operator)] ?? ["operator", []];
      for (const put of puts) add(kind, gap, right.start - gap, between.replace(String(operator), put));
    }
    if (node.nodeType === "UnaryOperation" && (operator === "++" || operator === "--" || operator === "!")) {
      const put = operator === "!" ? "" : operator === "++" ? "--" : "++";
      add("operator", start, length, text.replace(String(operator), put));
    }
    if (node.nodeType === "Assignment" && isNode(node["leftHandSide"]) && isNode(node["rightHandSide"])) {
      const left = at(node["leftHandSide"]);
      const right = at(node["rightHandSide"]);
      const gap = left.start + left.length;
      const between = bytes.subarray(gap, right.start).toString("utf8");
      const [kind, puts] = SWAPS[String(operator)] ?? ["operator", []];
      for (const put of puts) add(kind, gap, right.start - gap, between.replace(String(operator), put));
    }
    if (node.nodeType === "Literal" && node["kind"] === "number" && /^\d[\d_]*$/.test(String(value)))
      add(
        "bound",
        start,
        length,
        String(BigInt(String(value).replaceAll("_", "")) + 1n) + text.slice(String(value).length),
      );
    if (node.nodeType === "IfStatement" && isNode(condition)) {
      const test = at(condition);
      add("missing check", test.start, test.length, "false");
      if (!/\brevert\b/.test(text)) add("missing check", test.start, test.length, "true");
    }
    if (node.nodeType === "ModifierInvocation") add("missing check", start, length, "");
    if ((node.nodeType === "Block" || node.nodeType === "UncheckedBlock") && Array.isArray(statements))
      mutateBlock(statements.filter(isNode));
    if (node.nodeType === "MemberAccess") mutateMember(node, text, start, length);
    if (node.nodeType === "FunctionCall" && Array.isArray(node["arguments"]))
      mutateArguments(node["arguments"].filter(isNode));
    // What a revert says is no part of the law.
    if (node.nodeType === "RevertStatement") return;
    for (const child of childrenOf(node)) visit(child);
  };

  /** Each statement is left out once, and changes places with the next once. */
  const mutateBlock = (statements: readonly Node[]) => {
    for (const [index, statement] of statements.entries()) {
      if (!["ExpressionStatement", "EmitStatement"].includes(statement.nodeType)) continue;
      const here = at(statement);
      add("deleted statement", here.start, withSemicolon(here), "{}");
      const next = statements[index + 1];
      if (next === undefined || !hasEffect(statement) || !hasEffect(next) || commute(statement, next)) continue;
      const there = at(next);
      const between = bytes.subarray(here.start + withSemicolon(here), there.start).toString("utf8");
      const end = there.start + withSemicolon(there);
      add(
        "order of effects",
        here.start,
        end - here.start,
        `${there.text};${between}${here.text};`.replaceAll(";;", ";"),
      );
    }
  };
  /** An effect is what others see: an event, a call, a write to storage. Locals may be set in any order. */
  const hasEffect = ({ nodeType, expression }: Node): boolean => {
    if (nodeType === "EmitStatement") return true;
    if (nodeType !== "ExpressionStatement" || !isNode(expression)) return false;
    if (expression.nodeType === "FunctionCall") return true;
    const target = expression["leftHandSide"] ?? expression["subExpression"];
    return isNode(target) && writesStorage(target, stored);
  };
  /** Nobody sees the order of two writes, or of a write and an event, that call nothing and do not read each other. */
  const commute = (one: Node, other: Node): boolean => {
    const events = [one, other].filter(({ nodeType }) => nodeType === "EmitStatement").length;
    if (events === 2 || callsIn(one) + callsIn(other) > events) return false;
    const isRead = (target: string | undefined, by: Node) => target !== undefined && at(by).text.includes(target);
    return !isRead(targetOf(one), other) && !isRead(targetOf(other), one);
  };
  const targetOf = ({ expression }: Node): string | undefined => {
    const target = isNode(expression) ? (expression["leftHandSide"] ?? expression["subExpression"]) : undefined;
    return isNode(target) ? at(target).text : undefined;
  };
  const withSemicolon = ({ start, length }: { start: number; length: number }) =>
    bytes[start + length] === ";".charCodeAt(0) ? length + 1 : length;

  /** Another field of the same struct with the same type. */
  const mutateMember = (node: Node, text: string, start: number, length: number) => {
    const declared = fields.get(Number(node["referencedDeclaration"]));
    if (declared === undefined) return;
    const name = String(node["memberName"]);
    for (const other of declared.filter((field) => field !== name).slice(0, 1))
      add("swapped field", start, length, `${text.slice(0, -name.length)}${other}`);
  };

  /** Two neighbouring arguments of one type change places. */
  const mutateArguments = (args: readonly Node[]) => {
    for (const [index, argument] of args.entries()) {
      const next = args[index + 1];
      if (next === undefined || typeOf(argument) !== typeOf(next)) continue;
      const here = at(argument);
      const there = at(next);
      const between = bytes.subarray(here.start + here.length, there.start).toString("utf8");
      add("swapped field", here.start, there.start + there.length - here.start, there.text + between + here.text);
    }
  };

  const tree = syntaxTrees([file]);
  const fields = fieldsOf([...tree.values()]);
  const stored = storedVariables([...tree.values()]);
  const own = tree.get(file);
  if (own === undefined) throw new Error(`${file} has no syntax tree`);
  for (const body of bodiesIn(own)) visit(body);
  const seen = new Set<string>();
  return mutants
    .filter(({ start, length, put }) => bytes.subarray(start, start + length).toString("utf8") !== put)
    .filter(
      ({ start, length, put }) => !seen.has(`${start} ${length} ${put}`) && seen.add(`${start} ${length} ${put}`),
    );
}

/** The file's text with the mutant in place. */
export function mutated({ file, start, length, put }: Mutant): string {
  const bytes = Buffer.from(readContract(file), "utf8");
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(put, "utf8"), bytes.subarray(start + length)]).toString(
    "utf8",
  );
}

function callsIn(node: Node): number {
  const own = node.nodeType === "FunctionCall" && node["kind"] === "functionCall" ? 1 : 0;
  return childrenOf(node).reduce((sum, child) => sum + callsIn(child), own);
}

/** Ids of the variables that are in storage, or point there. */
function storedVariables(trees: readonly Node[]): ReadonlySet<number> {
  const found = new Set<number>();
  const visit = (node: Node) => {
    const isStored = node["stateVariable"] === true || node["storageLocation"] === "storage";
    if (node.nodeType === "VariableDeclaration" && isStored) found.add(Number(node["id"]));
    for (const child of childrenOf(node)) visit(child);
  };
  for (const tree of trees) visit(tree);
  return found;
}

function writesStorage(target: Node, stored: ReadonlySet<number>): boolean {
  if (target.nodeType === "Identifier") return stored.has(Number(target["referencedDeclaration"]));
  return childrenOf(target).some((child) => writesStorage(child, stored));
}

/** For each field of a struct: the names of all fields of that struct that have its type. */
function fieldsOf(trees: readonly Node[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  const visit = (node: Node) => {
    if (node.nodeType === "StructDefinition" && Array.isArray(node["members"])) {
      const members = node["members"].filter(isNode);
      for (const member of members) {
        const alike = members.filter((other) => typeOf(other) === typeOf(member)).map((other) => String(other["name"]));
        found.set(Number(member["id"]), alike);
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  for (const tree of trees) visit(tree);
  return found;
}

/** Functions, modifiers and the modifiers' invocations; neither interfaces nor constants. */
function bodiesIn(tree: Node): readonly Node[] {
  if (tree.nodeType === "FunctionDefinition") {
    const modifiers = Array.isArray(tree["modifiers"]) ? tree["modifiers"].filter(isNode) : [];
    const isConstructor = tree["kind"] === "constructor";
    return [...(isConstructor ? [] : modifiers), ...(isNode(tree["body"]) ? [tree["body"]] : [])];
  }
  return childrenOf(tree).flatMap(bodiesIn);
}

function typeOf(node: Node): string {
  const types = node["typeDescriptions"];
  return types !== null && typeof types === "object" && "typeString" in types ? String(types.typeString) : "";
}
