import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyTypes } from '../../src/lib/keys/key-type.ts'
import { convertKey } from '../../src/lib/operations/convert-key.ts'
import { generateKey } from '../../src/lib/operations/generate-key.ts'
import { inspectKey } from '../../src/lib/operations/inspect-key.ts'

const kubo = process.env.P2P_TEST_KUBO ?? 'ipfs'
const absent = spawnSync(kubo, ['version']).status !== 0
if (absent)
  process.stderr.write(`skipped: interop with Kubo, since P2P_TEST_KUBO names none and "${kubo}" does not run\n`)

const formats = { protobuf: 'libp2p-protobuf-cleartext', pem: 'pem-pkcs8-cleartext' } as const
const folder = mkdtempSync(join(tmpdir(), 'p2p-kubo-'))
const at = (name: string) => join(folder, name)
const ipfs = (...args: string[]) =>
  execFileSync(kubo, args, { env: { ...process.env, IPFS_PATH: at('repo') }, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim()

beforeAll(() => {
  if (!absent) ipfs('init', '--empty-repo')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(absent)('Kubo', () => {
  it('its identity is read from its configuration', async () => {
    const { record } = await inspectKey({ file: at('repo/config') })
    const { Identity } = JSON.parse(readFileSync(at('repo/config'), 'utf8'))
    expect(record.peerId).toBe(Identity.PeerID)
  })

  // Go's x509 package has no secp256k1, so that Kubo has no PEM of it.
  const cells = keyTypes.flatMap((keyType) =>
    (keyType === 'secp256k1' ? (['protobuf'] as const) : (['protobuf', 'pem'] as const)).map(
      (format) => [keyType, format] as const,
    ),
  )

  it.each(cells)('a %s key crosses both ways as %s', async (keyType, format) => {
    const ours = { file: at(`${keyType}-${format}-ours`), force: false }
    const { record } = await generateKey({ keyType, format, output: ours })
    const imported = `i-${keyType}-${format}`
    const id = ipfs(
      'key',
      'import',
      '--ipns-base=b58mh',
      '--allow-any-key-type',
      '-f',
      formats[format],
      imported,
      ours.file,
    )
    expect(id).toBe(record.peerId)

    const size = keyType === 'ed25519' ? [] : ['-s', keyType === 'rsa' ? '2048' : '256']
    const generated = `g-${keyType}-${format}`
    const theirId = ipfs('key', 'gen', '--ipns-base=b58mh', '-t', keyType, ...size, generated)
    ipfs('key', 'export', '-f', formats[format], '-o', at(generated), generated)
    expect((await inspectKey({ file: at(generated) })).record).toMatchObject({ peerId: theirId, keyType, format })

    const back = { file: at(`${generated}-back`), force: false }
    await convertKey({ input: at(generated), format: 'protobuf', output: back })
    ipfs('key', 'export', '-f', formats.protobuf, '-o', at(`${generated}-again`), generated)
    expect(readFileSync(back.file).equals(readFileSync(at(`${generated}-again`)))).toBe(true)
  })
})
