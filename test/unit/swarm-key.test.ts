import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSwarmKey } from '../../src/lib/keys/swarm-key.ts'

const header = '/key/swarm/psk/1.0.0/\n'
const secret = randomBytes(32)
const file = (encoding: string, body: string | Uint8Array, end = '') =>
  Buffer.concat([Buffer.from(`${header}${encoding}\n`), Buffer.from(body), Buffer.from(end)])

describe('parseSwarmKey', () => {
  it.each([
    ['/base16/', file('/base16/', secret.toString('hex'))],
    ['/base16/ in capitals, with a newline', file('/base16/', secret.toString('hex').toUpperCase(), '\n')],
    ['/base64/', file('/base64/', secret.toString('base64'))],
    ['/base64/ with a newline', file('/base64/', secret.toString('base64'), '\n')],
    ['/bin/', file('/bin/', secret)],
    ['/bin/ with a newline', file('/bin/', secret, '\n')],
    ['CRLF line ends', Buffer.from(`${header}/base16/\n${secret.toString('hex')}\n`.replaceAll('\n', '\r\n'))],
  ])('reads %s', (_name, bytes) => {
    expect(Buffer.from(parseSwarmKey(bytes))).toEqual(secret)
  })

  it('reads a /bin/ key whose bytes are white space and line ends', () => {
    const body = Buffer.from('\n\r \t'.repeat(8))
    expect(Buffer.from(parseSwarmKey(file('/bin/', body)))).toEqual(body)
  })

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['another header', Buffer.from(`/key/swarm/psk/2.0.0/\n/base16/\n${secret.toString('hex')}`)],
    ['a key without a header', secret],
    ['no encoding', Buffer.from(header)],
    ['an encoding that is not offered', file('/base32/', secret.toString('hex'))],
    ['no key', file('/base16/', '')],
    ['a key that is too short', file('/base16/', secret.toString('hex').slice(2))],
    ['a key that is too long', file('/base16/', `${secret.toString('hex')}00`)],
    ['half a byte', file('/base16/', secret.toString('hex').slice(1))],
    ['what is not hexadecimal', file('/base16/', `${secret.toString('hex').slice(1)}g`)],
    ['what is not base64', file('/base64/', `${secret.toString('base64').slice(1)}*`)],
    ['a /bin/ key that is too short', file('/bin/', secret.subarray(1))],
  ])('refuses %s as a local fault', (_name, bytes) => {
    expect(() => parseSwarmKey(bytes)).toThrow(expect.objectContaining({ code: 'local' }))
  })

  it('never repeats a part of the file in its refusal', () => {
    const broken = [file('/base16/', `${secret.toString('hex')}zz`), file('/base64/', `${secret.toString('base64')}!!`)]
    for (const bytes of broken) {
      expect(() => parseSwarmKey(bytes)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret.toString('hex').slice(0, 8)) }),
      )
    }
    expect(() => parseSwarmKey(file(secret.toString('hex'), ''))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(secret.toString('hex').slice(0, 8)) }),
    )
  })

  it('gives 32 bytes or refuses, whatever the file holds', () => {
    const encoding = fc.constantFrom('/bin/', '/base16/', '/base64/')
    fc.assert(
      fc.property(encoding, fc.uint8Array({ maxLength: 80 }), (name, body) => {
        try {
          expect(parseSwarmKey(file(name, body))).toHaveLength(32)
        } catch (error) {
          expect(error).toMatchObject({ code: 'local' })
        }
      }),
    )
  })
})
