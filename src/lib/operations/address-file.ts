import { writeFileAtomically } from '../files/atomic-file.ts'

/**
 * Writes the addresses of a listener to a file, one a line, for those that wait for it.
 *
 * @param file - replaced where it is there; none when absent
 * @param addresses - full addresses
 * @throws ToolkitError `local` where it cannot be written
 */
export async function writeAddressFile(file: string | undefined, addresses: string[]): Promise<void> {
  if (file === undefined) return
  const text = addresses.map((address) => `${address}\n`).join('')
  await writeFileAtomically(file, new TextEncoder().encode(text), { mode: 0o644, overwrite: true })
}
