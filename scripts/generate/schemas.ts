import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { project, root } from '../lib/project.ts'
import type { Generated } from './generated.ts'

const folder = 'src/lib/records'

/**
 * Makes one JSON Schema for each record: the exports of src/lib/records that end in `Record`. A file
 * is named after the record's `type`; where several records share one (`summary`), what they
 * summarise comes first.
 *
 * @returns the files of schemas/
 */
export async function schemas(): Promise<Generated> {
  const files = new Map<string, string>()
  for (const module of (await readdir(join(root, folder))).sort()) {
    const exports: Record<string, unknown> = await import(join(root, folder, module))
    for (const [name, record] of Object.entries(exports)) {
      if (name.endsWith('Record') && record instanceof z.ZodObject) addSchema(files, module, name, record)
    }
  }
  return { files, folder: 'schemas' }
}

function addSchema(files: Map<string, string>, module: string, name: string, record: z.ZodObject): void {
  const { type } = record.shape
  const value: unknown = type instanceof z.ZodLiteral ? type.value : undefined
  const title = kebabCase(name.slice(0, -'Record'.length))
  // the types of inspection events are many
  const anyType = type instanceof z.ZodString
  if (!anyType && (typeof value !== 'string' || (title !== value && !title.endsWith(`-${value}`)))) {
    throw new Error(`${folder}/${module}: ${name} has the type ${String(value)}; its name should say so`)
  }
  const { $schema, ...schema } = z.toJSONSchema(record)
  const identified = { $schema, $id: `urn:${project.name}:record:${title}`, title, ...schema }
  files.set(`schemas/${title}.json`, `${JSON.stringify(identified, undefined, 2)}\n`)
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
