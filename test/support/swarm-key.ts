import { randomBytes } from 'node:crypto'
import { scratchFile } from './cli.ts'

/** Writes a fresh pre-shared key as Go does, and returns its path. */
export function swarmKeyFile(key: Uint8Array = randomBytes(32)): string {
  return scratchFile(`/key/swarm/psk/1.0.0/\n/base16/\n${Buffer.from(key).toString('hex')}\n`, 'swarm.key')
}
