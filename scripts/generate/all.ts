import { commandDocs } from './command-docs.ts'
import { exitCodeDocs } from './exit-codes.ts'
import type { Generated } from './generated.ts'
import { importRules } from './import-rules.ts'
import { inspectionDocs } from './inspection.ts'
import { manifest } from './manifest.ts'
import { protobufMessages } from './messages.ts'
import { schemas } from './schemas.ts'

/** Everything in the repository that is made from code, by what the checks call it. They need `dist`. */
export const generators: Record<string, () => Generated | Promise<Generated>> = {
  'import rules': importRules,
  manifest,
  'JSON Schemas': schemas,
  'command docs': commandDocs,
  'exit-code docs': exitCodeDocs,
  'inspection docs': inspectionDocs,
  'protobuf messages': protobufMessages,
}
