import { Ajv2020 } from "ajv/dist/2020.js";

type Json = Readonly<Record<string, unknown>>;
type Parameter = { readonly name: string; readonly schema: Json; readonly example?: unknown };
type Content = Readonly<Record<string, { readonly schema?: Json; readonly example?: unknown }>>;
type Operation = {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
};

/**
 * Holds an OpenAPI document's examples against its own schemas. Returns how many there are, those that are not as their
 * schema says, what has none, and responses without a word about when they come.
 */
export function checkExamples(description: Json) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ ...description, $id: "openapi" });
  const wrong: string[] = [];
  const missing: string[] = [];
  const undescribed: string[] = [];
  let checked = 0;

  function check(where: string, schema: Json | undefined, example: unknown): void {
    if (example === undefined) return void missing.push(where);
    checked += 1;
    // Through the document, so that references lead to its components.
    const validate = ajv.compile(rooted(schema ?? {}));
    if (!validate(example)) wrong.push(`${where}: ${ajv.errorsText(validate.errors)}`);
  }

  const paths = description["paths"] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  for (const { operationId, parameters = [], requestBody, responses } of operations) {
    for (const { name, schema, example } of parameters) check(`${operationId}, parameter ${name}`, schema, example);
    for (const [type, { schema, example }] of Object.entries(requestBody?.content ?? {}))
      check(`${operationId}, body as ${type}`, schema, example);
    for (const [status, { description: said, content = {} }] of Object.entries(responses)) {
      if (!said) undescribed.push(`${operationId}, ${status}`);
      for (const [type, { schema, example }] of Object.entries(content))
        check(`${operationId}, ${status} as ${type}`, schema, example);
    }
  }
  return { checked, wrong, missing, undescribed };
}

/** The same schema with references that start from the whole document. */
function rooted(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/')) as Json;
}
