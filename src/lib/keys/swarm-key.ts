import { ToolkitError } from '../errors/toolkit-error.ts'

const header = '/key/swarm/psk/1.0.0/'
const keyLength = 32

/**
 * Reads the pre-shared key of a private network from a `swarm.key` file, in each encoding that
 * go-libp2p reads: `/base16/`, `/base64/` and `/bin/`.
 * Follows https://github.com/libp2p/specs/blob/master/pnet/Private-Networks-PSK-V1.md.
 *
 * @param bytes - the file's content
 * @returns 32 bytes
 * @throws ToolkitError `local` when the content is no such key; its message holds none of it
 */
export function parseSwarmKey(bytes: Uint8Array): Uint8Array {
  const [first, afterFirst] = line(bytes, 0)
  if (first !== header) throw refuse(`it does not begin with ${header}`)
  const [encoding, afterSecond] = line(bytes, afterFirst)
  const body = bytes.subarray(afterSecond)
  const key = decode(encoding, body)
  if (key.length !== keyLength) throw refuse(`its key is ${key.length} bytes long, not ${keyLength}`)
  return key
}

function decode(encoding: string, body: Uint8Array): Uint8Array {
  const text = Buffer.from(body).toString('latin1').trim()
  switch (encoding) {
    case '/bin/':
      return body.subarray(0, keyLength)
    case '/base16/':
      if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw refuse('its key is not hexadecimal')
      return Buffer.from(text, 'hex')
    case '/base64/':
      if (!/^[0-9A-Za-z+/]*={0,2}$/.test(text)) throw refuse('its key is not base64')
      return Buffer.from(text, 'base64')
    default:
      throw refuse('its second line is none of /base16/, /base64/ and /bin/')
  }
}

function line(bytes: Uint8Array, from: number): [string, number] {
  const end = bytes.indexOf(0x0a, from)
  if (end === -1) return [Buffer.from(bytes.subarray(from)).toString('latin1').trim(), bytes.length]
  return [Buffer.from(bytes.subarray(from, end)).toString('latin1').trim(), end + 1]
}

function refuse(reason: string): ToolkitError {
  return new ToolkitError('local', `not a pre-shared key of a private network: ${reason}`, { layer: 'security' })
}
