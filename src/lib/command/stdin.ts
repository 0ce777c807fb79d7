import { fstatSync } from 'node:fs'
import { ToolkitError } from '../errors/toolkit-error.ts'

/**
 * Refuses a directory as stdin: Node takes one for an input without content.
 *
 * @throws ToolkitError `local`
 */
export function refuseDirectoryAsInput(): void {
  try {
    if (!fstatSync(0).isDirectory()) return
  } catch {
    // stdin is closed: an empty input
    return
  }
  throw new ToolkitError('local', 'cannot read stdin: it is a directory')
}
