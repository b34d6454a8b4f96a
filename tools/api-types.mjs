#!/usr/bin/env node
// Writes the API's types for TypeScript from the OpenAPI document that the route table yields.
// Usage: api-types.mjs < openapi.json > web/shared/api.d.ts
import { readFileSync } from "node:fs";

const api = JSON.parse(readFileSync(0, "utf8"));
const simple = { string: "string", integer: "number", number: "number", boolean: "boolean", object: "Record<string, unknown>", array: "unknown[]" };

function typeOf(schema, indent) {
    if (!schema) return "never";
    if (schema.$ref) return schema.$ref.split("/").pop();
    if (schema.type === "array" && schema.items) return `${typeOf(schema.items, indent)}[]`;
    if (!schema.properties) return simple[schema.type] ?? "unknown";
    const inner = `${indent}    `;
    const required = new Set(schema.required ?? []);
    const lines = Object.entries(schema.properties).map(([name, member]) => {
        const doc = member.description ? `${inner}/** ${member.description} */\n` : "";
        return `${doc}${inner}${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${typeOf(member, inner)};`;
    });
    return `{\n${lines.join("\n")}\n${indent}}`;
}
const bodyOf = (content) => typeOf(Object.values(content ?? {})[0]?.schema, "        ");

let out = "// Made from the route table by tools/api-types.mjs; `make test` compares it with the program.\n";
for (const [name, schema] of Object.entries(api.components.schemas)) out += `\nexport interface ${name} ${typeOf(schema, "")}\n`;
out += "\nexport interface Api {\n";
for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
        const success = Object.entries(operation.responses).find(([status]) => status < "300");
        out += `    /** ${operation.summary} */\n    ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: {\n`;
        out += `        body: ${operation.requestBody ? bodyOf(operation.requestBody.content) : "never"};\n`;
        out += `        reply: ${success?.[1].content ? bodyOf(success[1].content) : "never"};\n    };\n`;
    }
}
process.stdout.write(`${out}}\n`);
