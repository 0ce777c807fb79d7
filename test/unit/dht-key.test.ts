import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dhtNetwork, isKept } from '../../src/lib/addresses/dht-network.ts'
import { anyKey, contentKey, namespaceOf, recordKey } from '../../src/lib/keys/dht-key.ts'
import { parsePeerId } from '../../src/lib/keys/peer-id.ts'

const peer = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const { multihash } = parsePeerId(peer)
const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
// a CIDv0 of some file, and the raw CIDv1 of "hello"
const cidV0 = 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o'
const rawHello = 'bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq'

describe('recordKey', () => {
  it('takes a namespaced key as it is', () => {
    expect(recordKey('/test/a key')).toEqual({ bytes: new Uint8Array(Buffer.from('/test/a key')), text: '/test/a key' })
  })

  it.each([peer, `/pk/${peer}`])('takes %s for a public key record', (text) => {
    const key = recordKey(text)
    expect(latin(key.bytes)).toBe(`/pk/${latin(multihash)}`)
    expect(key.text).toBe(`/pk/${peer}`)
  })

  it('takes hexadecimal digits for bytes', () => {
    expect(recordKey('0x2F6e732F00fF')).toEqual({
      bytes: Uint8Array.of(47, 110, 115, 47, 0, 255),
      text: '0x2f6e732f00ff',
    })
  })

  it.each([
    '',
    'word',
    '/',
    '/ns',
    '/ns/',
    '//x',
    '0x',
    '0x1',
    '0xzz',
    '/pk/word',
    '/ipns/word',
    `/x/${'y'.repeat(1100)}`,
  ])('refuses %j', (text) => {
    expect(() => recordKey(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

describe('contentKey', () => {
  it('takes the multihash of a CID', () => {
    expect(contentKey(cidV0)).toEqual({ bytes: parsePeerId(cidV0).multihash, text: cidV0, hashed: false })
    expect(contentKey(rawHello)).toMatchObject({ text: rawHello, hashed: false })
  })

  it('makes a raw sha2-256 CID of any other text', () => {
    // printf 'hello' | ipfs add --only-hash --cid-version 1
    expect(contentKey('hello')).toMatchObject({ text: rawHello, hashed: true })
    expect(Buffer.from(contentKey('hello').bytes).toString('hex')).toMatch(/^12202cf24dba5fb0a30e/)
  })

  it('takes the path of a CID for the CID', () => {
    expect(contentKey(`/ipfs/${rawHello}`)).toMatchObject({ text: rawHello, hashed: false })
  })

  it.each(['', rawHello.slice(0, -1), cidV0.slice(0, -1), peer, '/ipfs/word'])('refuses %j', (text) => {
    expect(() => contentKey(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('takes any text that does not look like an identifier', () => {
    const text = fc.string({ minLength: 1, unit: 'binary' }).filter((some) => !/^(?:\/ipfs\/|Qm|ba|k|1)/.test(some))
    fc.assert(fc.property(text, (some) => void contentKey(some)))
  })
})

describe('anyKey', () => {
  it.each([
    [peer, peer, false],
    [cidV0, cidV0, false],
    ['/ns/x', '/ns/x', false],
    ['0x00', '0x00', false],
    ['hello', rawHello, true],
  ])('takes %s', (text, shown, hashed) => {
    expect(anyKey(text)).toMatchObject({ text: shown, hashed })
  })
})

it('namespaceOf reads what stands between the first two slashes', () => {
  const of = (text: string) => namespaceOf(Buffer.from(text))
  expect([of('/pk/x'), of('/a/b/c'), of('/pk'), of('pk/x'), of('//x'), of('')]).toEqual(['pk', 'a', ...Array(4)])
})

describe('dhtNetwork', () => {
  const publicAddress = multiaddr('/ip4/1.1.1.1/tcp/1')
  const privateAddress = multiaddr('/ip4/192.168.0.1/tcp/1')

  it.each([
    ['amino', '/ipfs/kad/1.0.0', true, false],
    ['lan', '/ipfs/lan/kad/1.0.0', false, true],
    ['/my/dht', '/my/dht', true, true],
  ])('%s', (name, protocol, keepsPublic, keepsPrivate) => {
    const network = dhtNetwork(name)
    expect(network).toMatchObject({ name, protocol })
    expect([isKept(network, publicAddress), isKept(network, privateAddress)]).toEqual([keepsPublic, keepsPrivate])
  })

  it.each(['', 'wan', 'constructor', '/', '/a b', '/a\n', `/${'x'.repeat(1100)}`])('refuses %j', (text) => {
    expect(() => dhtNetwork(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})
