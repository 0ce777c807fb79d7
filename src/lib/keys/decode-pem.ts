import { createPrivateKey, type KeyObject } from 'node:crypto'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { isOneDerSequence } from './der.ts'
import { isBearableWork } from './encrypt-pkcs8.ts'
import { type KeyPair, keyPairFrom } from './key-pair.ts'
import { opensslFailure, refuseKey } from './refuse-key.ts'

/** One block of a PEM text, its lines verbatim. */
interface PemBlock {
  label: string
  lines: string[]
}

const encryptedLabel = 'ENCRYPTED PRIVATE KEY'
const privateLabels = new Set(['PRIVATE KEY', encryptedLabel, 'EC PRIVATE KEY', 'RSA PRIVATE KEY'])

/**
 * Decodes a private key from PEM text (RFC 7468): PKCS#8, encrypted PKCS#8, SEC1, PKCS#1, and OpenSSL's traditional
 * encryption of the latter two. Text around the blocks is ignored, as are EC parameters.
 *
 * @param text - the file's content
 * @param passphrase - for an encrypted key; its bytes, verbatim
 * @returns the key, and whether it was encrypted
 * @throws ToolkitError `local` with the reason
 */
export function decodePem(text: string, passphrase: Uint8Array | undefined): { pair: KeyPair; encrypted: boolean } {
  const block = privateBlock(text)
  const hasHeaders = block.lines.some((line) => line.includes(':'))
  const encrypted = block.label === encryptedLabel || block.lines.some((line) => /^Proc-Type:.*ENCRYPTED/.test(line))
  if (!hasHeaders) checkBody(block)
  if (encrypted && passphrase === undefined) {
    throw new PassphraseMissing()
  }
  const pem = [`-----BEGIN ${block.label}-----`, ...block.lines, `-----END ${block.label}-----`, ''].join('\n')
  return { pair: keyPairFrom(encrypted ? openEncrypted(pem, passphrase) : openPlain(pem)), encrypted }
}

/** The key is encrypted, and nobody has said how to open it. */
export class PassphraseMissing extends ToolkitError {
  constructor() {
    super('local', 'the private key is encrypted and no passphrase was given', {
      layer: 'identity',
      suggestions: ['give the file that holds its passphrase with --passphrase-file'],
    })
  }
}

function checkBody(block: PemBlock): void {
  const der = Buffer.from(block.lines.join(''), 'base64')
  if (!isOneDerSequence(der)) throw refuseKey('its PEM block is damaged: not one whole DER structure')
  if (block.label === encryptedLabel && !isBearableWork(der)) {
    throw refuseKey('the work factor of its encryption is above 10 million')
  }
}

function openPlain(pem: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem' })
  } catch (error) {
    const { reason, cause } = opensslFailure(error)
    throw refuseKey(`OpenSSL does not read it (${reason})`, { cause })
  }
}

function openEncrypted(pem: string, passphrase: Uint8Array | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', passphrase: Buffer.from(passphrase ?? []) })
  } catch (error) {
    const { code, reason, cause } = opensslFailure(error)
    if (code.startsWith('ERR_OSSL_EVP_UNSUPPORTED'))
      throw refuseKey(`its encryption is not supported: ${reason}`, { cause })
    // A wrong passphrase shows as bad padding or, once in 256 times, as a structure that does not decode.
    throw new ToolkitError('local', 'wrong passphrase, or a damaged private key', {
      layer: 'identity',
      cause,
      suggestions: ['check the content of the file given with --passphrase-file'],
    })
  }
}

function privateBlock(text: string): PemBlock {
  const blocks = pemBlocks(text)
  const [block, second] = blocks.filter(({ label }) => privateLabels.has(label))
  if (second !== undefined) throw refuseKey('its PEM holds more than one private key')
  if (block !== undefined) return block
  const labels = blocks.map(({ label }) => label).filter((label) => label !== 'EC PARAMETERS')
  if (labels.includes('OPENSSH PRIVATE KEY')) throw refuseKey('the OpenSSH format is not read')
  if (labels.length === 0) throw refuseKey('its PEM block has no end')
  throw refuseKey(`its PEM holds ${labels[0]?.toLowerCase()}, not a private key`)
}

function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  let open: PemBlock | undefined
  for (const line of text.split(/\r?\n/)) {
    const [, mark, label] = /^-----(BEGIN|END) ([A-Z0-9 ]{1,40})-----\s*$/.exec(line) ?? []
    if (mark === 'BEGIN' && label !== undefined) {
      open = { label, lines: [] }
    } else if (mark === 'END' && open?.label === label) {
      if (open !== undefined) blocks.push(open)
      open = undefined
    } else {
      open?.lines.push(line)
    }
  }
  return blocks
}
