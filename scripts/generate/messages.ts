import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'protons'
import { root } from '../lib/project.ts'
import type { Generated } from './generated.ts'

/** Protobuf messages that are encoded and decoded by generated code, without the endings of their files. */
const messages = ['src/lib/protocols/chat/message']

/** What protons writes is not held to the rules of this repository: it has namespaces, enums and `any`. */
const header = '// @ts-nocheck: made from message.proto by protons; `npm run generate` makes it anew\n'

/**
 * Makes the codecs of protobuf messages from their `.proto` files, by protons.
 *
 * @returns a module beside each
 */
export async function protobufMessages(): Promise<Generated> {
  const output = await mkdtemp(join(tmpdir(), 'protons-'))
  try {
    const files = new Map<string, string>()
    for (const message of messages) {
      await generate(join(root, `${message}.proto`), { output })
      files.set(`${message}.ts`, header + (await readFile(join(output, 'message.ts'), 'utf8')))
    }
    return { files }
  } finally {
    await rm(output, { recursive: true, force: true })
  }
}
