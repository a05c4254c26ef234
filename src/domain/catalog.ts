import * as z from 'zod/mini';

/** Manifest of a bundled app (`modal_apps/<id>/app.json`), as the Catalogue, the deploy preview and requests read it. */

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const settingSchema = z.object({
  env: z.string(),
  title: z.string(),
  description: z.string(),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'enum']),
  default: scalar,
  minimum: z.optional(z.number()),
  maximum: z.optional(z.number()),
  pattern: z.optional(z.string()),
  choices: z.optional(z.array(z.string())),
});

const secretSchema = z.object({
  name: z.string(),
  keys: z.array(z.string()),
  generate: z.nullable(z.enum(['api-key', 'proxy-token'])),
  required: z.boolean(),
  purpose: z.string(),
  setting: z.optional(z.nullable(z.string())),
});

const endpointSchema = z.object({
  function: z.string(),
  title: z.string(),
  auth: z.nullable(
    z.object({ header: z.string(), scheme: z.string(), secretName: z.string(), key: z.string() }),
  ),
  routes: z.array(z.object({ method: z.string(), path: z.string(), title: z.string() })),
});

const sampleSchema = z.object({
  id: z.string(),
  title: z.string(),
  function: z.string(),
  method: z.string(),
  path: z.string(),
  headers: z.optional(z.record(z.string(), z.string())),
  body: z.optional(
    z.object({ kind: z.enum(['json']), file: z.optional(z.string()), template: z.optional(z.unknown()) }),
  ),
  expect: z.optional(
    z.object({
      status: z.number(),
      description: z.string(),
      highlights: z.array(z.object({ label: z.string(), path: z.string() })),
    }),
  ),
});

const manifestSchema = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  description: z.string(),
  entry: z.string(),
  defaultAppName: z.string(),
  icon: z.string(),
  tags: z.array(z.string()),
  gpu: z.object({
    setting: z.string(),
    default: z.string(),
    memoryGb: z.optional(z.number()),
    choices: z.array(z.object({ type: z.string(), note: z.optional(z.string()) })),
  }),
  secrets: z.array(secretSchema),
  settings: z.array(settingSchema),
  endpoints: z.array(endpointSchema),
  samples: z.array(sampleSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestSetting = z.infer<typeof settingSchema>;
export type ManifestSecret = z.infer<typeof secretSchema>;
export type ManifestEndpoint = z.infer<typeof endpointSchema>;
export type Sample = z.infer<typeof sampleSchema>;

/** A bundled app with the folder that holds it. */
export interface CatalogApp extends Manifest {
  /** Absolute path of `modal_apps/<id>`. */
  readonly folder: string;
}

/** Unknown fields are kept out, so that a newer manifest still works. @throws when a required field is wrong. */
export function parseManifest(text: string): Manifest {
  return z.parse(manifestSchema, JSON.parse(text));
}
