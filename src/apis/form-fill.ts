import { WattliftError } from '../domain/errors.ts';
import { canonicalJson, type Json } from '../domain/json.ts';
import type { FieldRule, RequestForm } from './request-form.ts';

/** A field that cannot be filled, or not with the value it has. */
export class FieldError extends WattliftError {
  readonly field: string;

  constructor(code: string, field: string, message: string) {
    super(code, message);
    this.field = field;
  }
}

/** Which request is being filled, for the messages; `yielding` fields are dropped when the schema wants another value. */
export interface FillPlace {
  readonly name: string;
  readonly url: string;
  readonly yielding: ReadonlySet<string>;
}

/**
 * The fields as they will be sent: checked against the choices the schema gives (case and punctuation forgiven), and the
 * required ones that nobody gave filled from a constant or default. Without a schema they go as they are.
 * Throws `FieldError` `wattcarbon.field-unknown` and `wattcarbon.field-invalid`.
 */
export function fillForm(
  given: { readonly [field: string]: Json },
  form: RequestForm | undefined,
  place: FillPlace,
): { readonly [field: string]: Json } {
  const filled: Record<string, Json> = {};
  for (const [field, value] of Object.entries(given)) {
    const choices = form?.fields.get(field)?.choices;
    const chosen = choices === undefined || value === null ? value : choose(value, choices);
    if (chosen !== undefined) filled[field] = chosen;
    else if (!place.yielding.has(field)) throw invalid(field, value, choices ?? [], place);
  }
  for (const field of form?.required ?? []) {
    const rule = form?.fields.get(field);
    if (field in filled || rule?.isFile === true) continue;
    const constant = rule?.choices?.length === 1 ? rule.choices[0] : undefined;
    const value = constant ?? rule?.fallback;
    if (value === undefined) throw unknown(field, rule, place);
    filled[field] = value;
  }
  return filled;
}

function choose(value: Json, choices: readonly Json[]): Json | undefined {
  return (
    choices.find((choice) => canonicalJson(choice) === canonicalJson(value)) ??
    choices.find((choice) => plain(choice) === plain(value))
  );
}

function plain(value: Json): string {
  return canonicalJson(value)
    .toLowerCase()
    .replaceAll(/[^a-z\d]/g, '');
}

function listed(choices: readonly Json[]): string {
  return choices.map((choice) => JSON.stringify(choice)).join(', ');
}

function unknown(field: string, rule: FieldRule | undefined, { name, url }: FillPlace): FieldError {
  const choices = rule?.choices === undefined ? '' : ` (one of ${listed(rule.choices)})`;
  return new FieldError(
    'wattcarbon.field-unknown',
    field,
    `preparing ${name} for ${url}: the API's description requires "${field}"${choices}, and nothing gives it a value; set one in wattcarbon.endpoints.${name}.fields`,
  );
}

function invalid(field: string, value: Json, choices: readonly Json[], { name, url }: FillPlace): FieldError {
  return new FieldError(
    'wattcarbon.field-invalid',
    field,
    `preparing ${name} for ${url}: the API's description allows for "${field}" only ${listed(choices)}, not ${JSON.stringify(value)}; correct it in the manifest, or set it in wattcarbon.endpoints.${name}.fields`,
  );
}
