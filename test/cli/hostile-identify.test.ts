import { generateKeyPair, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { PeerRecord, RecordEnvelope } from '@libp2p/peer-record'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, test } from 'vitest'
import { only, type Result, run } from '../support/cli.ts'
import { field, framed, identifyField as id, varint } from '../support/identify-message.ts'
import { type Peer, startPeer } from '../support/peer.ts'

const protocol = '/ipfs/id/1.0.0'
const packed = (address: string) => multiaddr(address).bytes

/** Starts a peer whose identify answers with these raw chunks, then ends the stream. */
async function peerThatSays(...chunks: Array<Uint8Array | ((peer: Peer) => Uint8Array)>): Promise<Peer> {
  const peer: Peer = await startPeer({
    handlers: {
      [protocol]: async (stream) => {
        for (const chunk of chunks) await write(stream, typeof chunk === 'function' ? chunk(peer) : chunk)
        await stream.close()
      },
    },
  })
  return peer
}

async function write(stream: Stream, bytes: Uint8Array): Promise<void> {
  if (stream.send(bytes)) return
  // not by onDrain, which resolves at once from its second use on
  await new Promise<void>((resolve) => {
    stream.addEventListener('drain', () => resolve(), { once: true })
    stream.addEventListener('close', () => resolve(), { once: true })
  })
}

const keyOf = (peer: Peer) => {
  const key = peer.libp2p.peerId.publicKey
  if (key === undefined) throw new Error('the key is part of an Ed25519 peer ID')
  return publicKeyToProtobuf(key)
}

/** A whole, honest message, with more fields behind. */
const honest =
  (...more: Buffer[]) =>
  (peer: Peer) =>
    framed(
      Buffer.concat([
        field(id.publicKey, keyOf(peer)),
        field(id.listenAddresses, packed('/ip4/192.0.2.7/tcp/4001')),
        field(id.protocols, protocol),
        field(id.observedAddress, packed('/ip4/127.0.0.1/tcp/5555')),
        field(id.protocolVersion, 'ipfs/0.1.0'),
        field(id.agentVersion, 'honest/1.0'),
        ...more,
      ]),
    )

const goodFields = {
  agentVersion: 'honest/1.0',
  protocolVersion: 'ipfs/0.1.0',
  listenAddresses: ['/ip4/192.0.2.7/tcp/4001'],
  protocols: [protocol],
  observedAddress: '/ip4/127.0.0.1/tcp/5555',
}

async function identify(peer: Peer, ...flags: string[]): Promise<Result> {
  return await run(['identify', '--json', ...flags, peer.address])
}

function expectNoTrace(result: Result): void {
  expect(result.stderr).not.toMatch(/^\s+at /m)
  expect(result.code).not.toBe(70)
}

describe('an answer that is as it should be', () => {
  test('has no problems', async () => {
    const peer = await peerThatSays(honest())
    const result = await identify(peer)
    expect(result.code).toBe(0)
    expect(only(result.records, 'identity')).toMatchObject({
      ...goodFields,
      problems: [],
      truncated: false,
      peer: peer.peerId,
    })
    expect(only(result.records, 'identity').publicKey).toBe(Buffer.from(keyOf(peer)).toString('base64'))
  })

  test('in two messages is merged', async () => {
    const second = framed(
      Buffer.concat([field(id.protocols, '/second/1.0.0'), field(id.listenAddresses, packed('/ip4/192.0.2.8/tcp/1'))]),
    )
    const result = await identify(await peerThatSays(honest(), second))
    expect(result.code).toBe(0)
    expect(only(result.records, 'identity')).toMatchObject({
      agentVersion: 'honest/1.0',
      protocols: [protocol, '/second/1.0.0'],
      listenAddresses: ['/ip4/192.0.2.7/tcp/4001', '/ip4/192.0.2.8/tcp/1'],
      problems: [],
    })
  })

  test('in single bytes is put together', async () => {
    const peer: Peer = await startPeer({
      handlers: {
        [protocol]: async (stream) => {
          for (const byte of honest()(peer)) await write(stream, Uint8Array.of(byte))
          await stream.close()
        },
      },
    })
    const result = await identify(peer)
    expect(result.code).toBe(0)
    expect(only(result.records, 'identity')).toMatchObject({ ...goodFields, problems: [] })
  })

  test('without an end of the stream is still an answer', async () => {
    const peer: Peer = await startPeer({ handlers: { [protocol]: async (stream) => write(stream, honest()(peer)) } })
    const result = await identify(peer, '--timeout', '20s')
    expect(result.code).toBe(0)
    expect(only(result.records, 'identity')).toMatchObject(goodFields)
  })

  test('followed by a reset is still an answer', async () => {
    const peer: Peer = await startPeer({
      handlers: {
        [protocol]: async (stream) => {
          await write(stream, honest()(peer))
          // the reset has to come behind the data
          setTimeout(() => stream.abort(new Error('enough')), 200)
        },
      },
    })
    const result = await identify(peer)
    expect(result.code).toBe(0)
    expect(only(result.records, 'identity')).toMatchObject(goodFields)
  })
})

describe('text that would change a terminal', () => {
  const nasty = '\x1b[31mred\x1b]0;title\x07\r\nsecond line\t\u202egpj.exe\u200b\u2028\x9b2J'

  test.each([
    ['agentVersion', id.agentVersion],
    ['protocolVersion', id.protocolVersion],
    ['protocols', id.protocols],
  ])('in %s is escaped in text and in JSON', async (_name, number) => {
    const peer = await peerThatSays(honest(field(number, nasty)))
    const json = await identify(peer)
    expect(json.code).toBe(0)
    // the records' parser refuses unsafe code points; what was sent is still to be seen
    expect(json.stdout).toContain('red')
    expect(json.stdout).toContain('gpj.exe')
    expect(json.stdout.trimEnd().split('\n')).toHaveLength(1)
    const text = await run(['identify', peer.address])
    expect(text.code).toBe(0)
    expect(text.stdout).toContain('gpj.exe')
    expect(text.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(text.stdout).not.toMatch(/^second line/m)
  })

  test('lone surrogates and bytes that are not UTF-8 are reported, and valid JSON', async () => {
    const peer = await peerThatSays(honest(field(id.agentVersion, Buffer.from('61eda08062ff63', 'hex'))))
    const result = await identify(peer)
    expect(result.code).toBe(0)
    const identity = only(result.records, 'identity')
    expect(identity.problems.join()).toMatch(/UTF-8/)
    expect(identity.problems.join()).toMatch(/agentVersion/)
    expect(identity).toMatchObject({ ...goodFields, agentVersion: identity.agentVersion })
    expect(result.stdout.isWellFormed()).toBe(true)
  })

  test('an agent version of 3 MB is cut', async () => {
    const result = await identify(await peerThatSays(honest(field(id.agentVersion, 'x'.repeat(3_000_000)))))
    expect(result.code).toBe(0)
    const identity = only(result.records, 'identity')
    expect(identity.truncated).toBe(true)
    expect(result.stdout.length).toBeLessThan(20_000)
  })
})

describe('too much', () => {
  test('of 100,000 protocols 1,000 are kept', async () => {
    const many = Buffer.concat(Array.from({ length: 100_000 }, (_, index) => field(id.protocols, `/p/${index}`)))
    const peer = await peerThatSays(honest(many))
    const result = await identify(peer)
    expect(result.code).toBe(0)
    const identity = only(result.records, 'identity')
    expect(identity.protocols).toHaveLength(1000)
    expect(identity).toMatchObject({ truncated: true, agentVersion: 'honest/1.0', problems: [] })
    const text = await run(['identify', peer.address])
    expect(text.code).toBe(0)
    expect(text.stdout + text.stderr).toMatch(/truncated|more|not shown|cut/)
  })

  test('of 10,000 addresses 100 are kept', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      field(id.listenAddresses, packed(`/ip4/192.0.2.1/tcp/${1 + index}`)),
    )
    const result = await identify(await peerThatSays(honest(Buffer.concat(many))))
    expect(result.code).toBe(0)
    const identity = only(result.records, 'identity')
    expect(identity.listenAddresses).toHaveLength(100)
    expect(identity.truncated).toBe(true)
  })

  test('10,000 malformed addresses do not make 10,000 problems', async () => {
    const many = Array.from({ length: 10_000 }, () => field(id.listenAddresses, Buffer.from([0xff, 0xff, 0xff])))
    const result = await identify(await peerThatSays(honest(Buffer.concat(many))))
    expect(result.code).toBe(0)
    const identity = only(result.records, 'identity')
    expect(identity.problems.length).toBeGreaterThan(0)
    expect(identity.problems.length).toBeLessThanOrEqual(200)
    expect(identity.agentVersion).toBe('honest/1.0')
    expect(identity.truncated).toBe(true)
  })

  test('a million empty messages are not waited for', async () => {
    const result = await identify(await peerThatSays(honest(), Buffer.alloc(1_000_000)), '--timeout', '20s')
    expectNoTrace(result)
    expect(result.code).toBe(0)
    expect(only(result.records, 'identity')).toMatchObject(goodFields)
  })

  test.each([
    ['1 GiB', varint(2 ** 30)],
    ['2^53', varint(2 ** 53)],
    ['no number', Buffer.alloc(32, 0xff)],
  ])('a length prefix of %s is 6', async (_name, prefix) => {
    const peer = await startPeer({
      handlers: { [protocol]: async (stream) => write(stream, Buffer.concat([prefix, Buffer.alloc(100)])) },
    })
    const result = await identify(peer, '--timeout', '20s')
    expect(result.code).toBe(6)
    expect(only(result.records, 'error').error).toMatchObject({
      code: 'protocol',
      layer: 'protocol',
      peer: peer.peerId,
    })
  })

  test('a stream that never ends is cut off with 6', async () => {
    const peer = await startPeer({
      handlers: {
        [protocol]: async (stream) => {
          await write(stream, varint(4_000_000))
          const chunk = Buffer.alloc(64 * 1024, 0x0a)
          while (stream.status === 'open') await write(stream, chunk).catch(() => stream.abort(new Error('gone')))
        },
      },
    })
    const result = await identify(peer, '--timeout', '30s')
    expectNoTrace(result)
    // 4 MB of rubbish is one message that cannot be decoded, or an answer that is too long
    expect([0, 6]).toContain(result.code)
    expect(result.stdout.length).toBeLessThan(100_000)
  })

  test('a drip-fed answer ends at the deadline with 3', async () => {
    const peer: Peer = await startPeer({
      handlers: {
        [protocol]: async (stream) => {
          const message = framed(Buffer.alloc(100_000, 0x0a))
          let at = 0
          const timer = setInterval(() => {
            if (stream.writeStatus === 'writable') stream.send(message.subarray(at, ++at))
            else clearInterval(timer)
          }, 50)
          stream.addEventListener('close', () => clearInterval(timer))
        },
      },
    })
    const result = await identify(peer, '--timeout', '1s')
    expect(result.code).toBe(3)
    expect(only(result.records, 'error').error).toMatchObject({ code: 'timeout', layer: 'protocol', peer: peer.peerId })
  })

  test('silence ends at the deadline with 3', async () => {
    const peer = await startPeer({ handlers: { [protocol]: () => {} } })
    const result = await identify(peer, '--timeout', '1s')
    expect(result.code).toBe(3)
    expect(only(result.records, 'error').error.message).toContain(protocol)
  })
})

describe('malformed fields are reported beside the good ones', () => {
  test.each([
    ['observedAddress', field(id.observedAddress, Buffer.from('ff00ff', 'hex')), { ...goodFields }],
    ['listenAddresses', field(id.listenAddresses, Buffer.from('0401', 'hex')), goodFields],
    ['publicKey', field(id.publicKey, 'not a key'), goodFields],
    ['signedPeerRecord', field(id.signedPeerRecord, 'not an envelope'), goodFields],
  ])('%s', async (name, bad, good) => {
    const result = await identify(await peerThatSays(honest(bad)))
    expect(result.code).toBe(0)
    const identity = only(result.records, 'identity')
    expect(identity.problems.join('\n')).toContain(name)
    const { observedAddress: _, ...others } = good
    expect(identity).toMatchObject(others)
  })

  test('an observed address that is malformed alone is absent', async () => {
    const message = (peer: Peer) =>
      framed(
        Buffer.concat([
          field(id.publicKey, keyOf(peer)),
          field(id.observedAddress, 'rubbish'),
          field(id.agentVersion, 'a/1'),
        ]),
      )
    const identity = only((await identify(await peerThatSays(message))).records, 'identity')
    expect(identity.observedAddress).toBeUndefined()
    expect(identity.agentVersion).toBe('a/1')
    expect(identity.problems).toHaveLength(1)
  })

  test('the key of somebody else', async () => {
    const other = publicKeyToProtobuf((await generateKeyPair('Ed25519')).publicKey)
    const identity = only((await identify(await peerThatSays(honest(field(id.publicKey, other))))).records, 'identity')
    expect(identity.problems.join()).toMatch(/publicKey/)
  })

  test('a message that is cut short', async () => {
    const message = (peer: Peer) => framed(Buffer.concat([honest()(peer).subarray(2), Buffer.from([0x32, 0x7f, 0x61])]))
    const result = await identify(await peerThatSays(message))
    expectNoTrace(result)
    expect(result.code).toBe(0)
    expect(only(result.records, 'identity').problems.length).toBeGreaterThan(0)
  })

  test('problems keep to one safe line each in text', async () => {
    const result = await run(['identify', (await peerThatSays(honest(field(id.signedPeerRecord, '\x1b[2J')))).address])
    expect(result.code).toBe(0)
    expect(result.stdout).not.toMatch(/\x1b/)
    expect(result.stdout).toMatch(/problem/i)
  })
})

describe('no answer at all is 6', () => {
  test.each<[string, (stream: Stream) => unknown]>([
    ['an end without a message', (stream) => stream.close()],
    ['an end within a message', (stream) => write(stream, Buffer.from([50, 1, 2])).then(() => stream.close())],
    ['a reset', (stream) => stream.abort(new Error('no'))],
  ])('%s', async (_name, answer) => {
    const peer = await startPeer({ handlers: { [protocol]: async (stream) => void (await answer(stream)) } })
    const result = await identify(peer, '--timeout', '20s')
    expect(result.code).toBe(6)
    expect(only(result.records, 'error').error).toMatchObject({ code: 'protocol', peer: peer.peerId })
  })
})

describe('signed peer records', () => {
  const addresses = [multiaddr('/ip4/192.0.2.9/tcp/4001')]
  async function recordOf(key: Ed25519PrivateKey, speaksFor = peerIdFromPrivateKey(key)): Promise<Uint8Array> {
    const record = new PeerRecord({ peerId: speaksFor, multiaddrs: addresses, seqNumber: 42n })
    return (await RecordEnvelope.seal(record, key)).marshal()
  }

  async function peerWithKey(key: Ed25519PrivateKey, record: Uint8Array): Promise<Peer> {
    const peer: Peer = await startPeer({
      privateKey: key,
      handlers: {
        [protocol]: async (stream) => {
          await write(stream, honest(field(id.signedPeerRecord, record))(peer))
          await stream.close()
        },
      },
    })
    return peer
  }

  test('an honest one is valid', async () => {
    const key = await generateKeyPair('Ed25519')
    const identity = only((await identify(await peerWithKey(key, await recordOf(key)))).records, 'identity')
    expect(identity.signedPeerRecord).toEqual({ seq: '42', addresses: ['/ip4/192.0.2.9/tcp/4001'], valid: true })
    expect(identity.problems).toEqual([])
  })

  test.each([
    'of somebody else',
    'speaking for somebody else',
    'with a broken signature',
    'changed after it was signed',
  ])('one %s is not, and is shown', async (kind) => {
    const [own, other] = [await generateKeyPair('Ed25519'), await generateKeyPair('Ed25519')]
    const record = Buffer.from(
      kind === 'of somebody else'
        ? await recordOf(other)
        : kind === 'speaking for somebody else'
          ? await recordOf(own, peerIdFromPrivateKey(other))
          : await recordOf(own),
    )
    if (kind === 'with a broken signature') record[record.length - 1] = (record.at(-1) ?? 0) ^ 1
    if (kind === 'changed after it was signed') {
      const at = record.indexOf(packed('/ip4/192.0.2.9/tcp/4001'))
      record[at + 4] = 10
    }
    const result = await identify(await peerWithKey(own, record))
    expect(result.code).toBe(0)
    const identity = only(result.records, 'identity')
    expect(identity.signedPeerRecord).toMatchObject({ valid: false, seq: '42' })
    expect(identity.problems.join()).toMatch(/signedPeerRecord/)
    expect(identity).toMatchObject(goodFields)
    const text = await run(['identify', (await peerWithKey(own, record)).address])
    expect(text.stdout).toMatch(/not valid|invalid|does not hold|signed by|speaks for/)
  })
})
