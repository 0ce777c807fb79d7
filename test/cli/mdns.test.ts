import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { forgedId } from '../support/forged-id.ts'
import { startListener } from '../support/listener.ts'
import { loadedBy } from '../support/loaded-modules.ts'
import { answerOf, asks, question, textsIn } from '../support/mdns-answer.ts'
import { mdnsSpeaker } from '../support/mdns-speaker.ts'
import { neighbourOf, networkNamespace, noNamespaces } from '../support/network-namespace.ts'

const tcp = ['--transport', 'tcp']
const [somebody, another] = [forgedId(1), forgedId(2)]
const at = (peer: string) => `/ip4/10.0.0.1/tcp/4001/p2p/${peer}`
const answerFrom = (peer: string, service?: string) =>
  answerOf([{ texts: [`dnsaddr=${at(peer)}`], ...(service && { service }) }])

const isOfNetworkStack = (name: string) => /^(?:libp2p|@libp2p\/|ws$|@noble\/|it-)/.test(name)

describe.skipIf(noNamespaces)('p2p discover mdns', () => {
  it('finds who listens with --mdns, once, with its addresses', async () => {
    const { through } = await networkNamespace()
    const listener = await startListener(['--mdns'], { through })
    expect(await listener.running.line(/mDNS/, 'stderr')).toBe('answering mDNS on lo 127.0.0.1')
    const { code, stderr, records } = await run(['discover', 'mdns', '--json', '--limit', '1', '--for', '60s'], {
      through,
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const found = only(records, 'discovered')
    expect(found).toMatchObject({ peer: listener.peerId, via: 'mdns' })
    expect(found.addresses.toSorted()).toEqual(listener.addresses.toSorted())
    expect(records.at(-1)).toMatchObject({ type: 'summary', via: 'mdns', found: 1, ignored: 0 })
    expect((await listener.stop()).code).toBe(0)
  })

  it('finds several, a line each, and ends with 0 at --limit', async () => {
    const { through } = await networkNamespace()
    const listeners = [
      await startListener(['--mdns', ...tcp], { through }),
      await startListener(['--mdns'], { through }),
    ]
    const { code, stdout } = await run(['discover', 'mdns', '--limit', '2', '--for', '60s'], { through })
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.pop()).toMatch(/^2 found; \d+/)
    expect(lines.map((line) => line.split('  ')[2]).toSorted()).toEqual(
      listeners.map(({ peerId }) => peerId).toSorted(),
    )
    for (const line of lines) expect(line).toMatch(/^[0-9T:.-]+Z {2}mdns {2}12D3\w+ {2}\/ip4\/127\.0\.0\.1\//)
  })

  it('tells who answers again and again once, and answers nobody', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const args = ['discover', 'mdns', '--json', '--limit', '2', '--for', '60s']
    const running = start(args, namespace)
    await speaker.heard(asks)
    speaker.send(question, answerFrom(somebody), answerFrom(somebody), answerFrom(somebody))
    await running.record('discovered', ({ peer }) => peer === somebody)
    speaker.send(answerFrom(somebody), answerFrom(another))
    const { code, records } = await running.exited
    expect(code).toBe(0)
    const found = records.filter((record) => record.type === 'discovered')
    expect(found.map(({ peer, addresses }) => [peer, addresses])).toEqual([
      [somebody, [at(somebody)]],
      [another, [at(another)]],
    ])
    // whatever was said before is heard before this
    speaker.send(answerFrom(forgedId(3)))
    await speaker.heard((message) => textsIn(message).includes(`dnsaddr=${at(forgedId(3))}`))
    expect(speaker.messages.filter(({ type }) => type === 'response')).toHaveLength(6)
  })

  it('asks for another service with --service-tag', async () => {
    const service = '_mynet._udp.local'
    const { through } = await networkNamespace()
    await startListener(['--mdns', ...tcp], { through })
    const listener = await startListener(['--mdns', '--service-tag', service, ...tcp], { through })
    const args = ['discover', 'mdns', '--json', '--service-tag', '_MyNet._udp.local.', '--limit', '1', '--for', '60s']
    const { code, records } = await run(args, { through })
    expect(code).toBe(0)
    expect(only(records, 'discovered').peer).toBe(listener.peerId)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with 0 and its summary on %s', async (signal) => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    speaker.answer(answerFrom(somebody))
    const running = start(['discover', 'mdns', '--json', '--for', '10m'], namespace)
    await running.record('discovered')
    const { code, records } = await running.stop(signal)
    expect(code).toBe(0)
    expect(records.map(({ type }) => type)).toEqual(['discovered', 'summary'])
  })

  it('ends with 0 at --for, though nobody answers', async () => {
    const { code, stdout } = await run(['discover', 'mdns', '--for', '500ms'], await networkNamespace())
    expect(code).toBe(0)
    expect(stdout).toMatch(/^0 found; /)
  })

  it.each([
    ['--service-tag', 'p2p'],
    ['--service-tag', '_p2p._udp.example.com'],
    ['--service-tag', `${'a'.repeat(64)}.local`],
    ['--service-tag', 'a..local'],
    ['--limit', '0'],
    ['--for', 'soon'],
  ])('refuses %s %s as usage', async (...flags) => {
    const { code, stdout, stderr } = await run(['discover', 'mdns', ...flags], await networkNamespace())
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error /)
  })

  it('loads no module of the network stack', async () => {
    const { through } = await networkNamespace()
    const { code, modules, packages } = loadedBy(['discover', 'mdns', '--for', '1ms'], through)
    expect(code).toBe(0)
    expect(modules.some((url) => url.endsWith('/dist/lib/protocols/mdns/socket.js'))).toBe(true)
    expect([...packages].filter(isOfNetworkStack)).toEqual([])
  })

  it('shows who was asked and who answered with --inspect', async () => {
    const { through } = await networkNamespace()
    const listener = await startListener(['--mdns', '--inspect', 'routing'], { through })
    const args = ['discover', 'mdns', '--limit', '1', '--for', '60s', '--inspect', 'routing']
    const { stderr } = await run(args, { through })
    expect(stderr).toMatch(/mdns-asked.*_p2p\._udp\.local/)
    expect(stderr).toMatch(new RegExp(`mdns-heard.*127\\.0\\.0\\.1.*${listener.peerId}`))
    expect((await listener.stop()).stderr).toMatch(/mdns-answered/)
  })
})

describe.skipIf(noNamespaces)('p2p listen --mdns', () => {
  it('tells each network the addresses that are of use in it, and none of a public interface', async () => {
    const here = await networkNamespace()
    const there = await neighbourOf(here)
    here.setUp(`ip link add public0 type veth peer name public1
ip address add 9.9.9.9/24 dev public0
ip link set public0 up
ip link set public1 up`)
    const listener = await startListener(['--mdns', '/ip4/0.0.0.0/tcp/0'], here)
    expect(await listener.running.line(/mDNS/, 'stderr')).toBe('answering mDNS on lo 127.0.0.1, cable0 10.77.0.1')
    const places = async (through: string[]) => {
      const { records } = await run(['discover', 'mdns', '--json', '--limit', '1', '--for', '60s'], { through })
      return only(records, 'discovered').addresses
    }
    const port = /\/tcp\/(\d+)\//.exec(listener.tcp)?.[1]
    const address = (host: string) => `/ip4/${host}/tcp/${port}/p2p/${listener.peerId}`
    expect(await places(there.through)).toEqual([address('10.77.0.1')])
    expect(await places(here.through)).not.toContain(address('9.9.9.9'))
    expect((await run(['ping', '-c', '1', address('10.77.0.1')], there)).code).toBe(0)
  })

  it('is found by who asks before the network is there', async () => {
    const here = await networkNamespace()
    const there = await neighbourOf(here)
    const listener = await startListener(['--mdns', '/ip4/0.0.0.0/tcp/0'], here)
    there.setUp('ip link set cable0 down')
    const args = ['discover', 'mdns', '--json', '--limit', '1', '--for', '60s', '--inspect', 'routing']
    const running = start(args, there)
    await running.line(/mdns-asked/, 'stderr')
    there.setUp('ip link set cable0 up')
    expect(await running.record('discovered')).toMatchObject({ peer: listener.peerId })
    expect((await running.exited).code).toBe(0)
  })

  it('fails where no address of the node is private', async () => {
    const namespace = await networkNamespace()
    namespace.setUp('ip address add 9.9.9.9/32 dev lo')
    const { code, records } = await run(['listen', '--json', '--mdns', '/ip4/9.9.9.9/tcp/0'], namespace)
    expect(code).toBe(7)
    expect(only(records, 'error').error.message).toContain('no private address')
  })

  it('answers as the specification says, and not more often than it may', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const listener = await startListener(['--mdns', ...tcp], namespace)
    const isAnswer = ({ type }: { type?: string | undefined }) => type === 'response'
    const greeting = await speaker.heard(isAnswer)
    const [pointer] = greeting.answers ?? []
    expect(pointer).toMatchObject({ type: 'PTR', name: '_p2p._udp.local', ttl: 120 })
    expect(pointer?.data).toMatch(/^[a-z0-9]{32}\._p2p\._udp\.local$/)
    const port = Number(/\/tcp\/(\d+)/.exec(listener.tcp)?.[1])
    expect(greeting.additionals).toMatchObject([
      { type: 'TXT', name: pointer?.data, ttl: 120 },
      {
        type: 'SRV',
        name: pointer?.data,
        ttl: 120,
        data: { target: expect.stringMatching(/^[a-z0-9]{32}\.local$/), port },
      },
      { type: 'A', ttl: 120, data: '127.0.0.1' },
    ])
    expect(textsIn(greeting)).toEqual([`dnsaddr=${listener.tcp}`])
    speaker.send(...Array.from({ length: 500 }, () => question))
    await speaker.heard((message) => isAnswer(message) && message !== greeting)
    await listener.stop()
    expect(speaker.messages.filter(isAnswer).length).toBeLessThan(50)
  })

  it('goes on answering after questions that are malformed', async () => {
    const namespace = await networkNamespace()
    const listener = await startListener(['--mdns', ...tcp], namespace)
    const speaker = await mdnsSpeaker(namespace)
    speaker.send(...malformed())
    speaker.send(question)
    await speaker.heard((message) => textsIn(message).includes(`dnsaddr=${listener.tcp}`))
    expect(await listener.stop()).toMatchObject({ code: 0, stderr: 'answering mDNS on lo 127.0.0.1\n' })
  })

  it('--service-tag needs --mdns', async () => {
    expect((await run(['listen', '--for', '10s', '--service-tag', '_p2p._udp.local'])).code).toBe(2)
  })
})

describe.skipIf(noNamespaces)('p2p dht find-peer --via mdns', () => {
  it('prints the addresses of who answers', async () => {
    const { through } = await networkNamespace()
    await startListener(['--mdns', ...tcp], { through })
    const listener = await startListener(['--mdns', ...tcp], { through })
    const args = ['dht', 'find-peer', '--via', 'mdns', listener.peerId]
    const { code, stdout, stderr } = await run(args, { through })
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${listener.tcp}\n` })
    expect(stderr).toMatch(/^1 found; /)
    const { records } = await run([...args, '--json'], { through })
    expect(records).toMatchObject([
      { type: 'peer', peer: listener.peerId, addresses: [listener.tcp] },
      { type: 'summary', via: 'mdns', found: 1 },
    ])
  })

  it('asks for another service with --service-tag, which needs --via', async () => {
    const { through } = await networkNamespace()
    const service = ['--service-tag', '_mynet._udp.local']
    const listener = await startListener(['--mdns', ...service, ...tcp], { through })
    const args = ['dht', 'find-peer', '--json', ...service, listener.peerId]
    const { code, records } = await run([...args, '--via', 'mdns'], { through })
    expect(code).toBe(0)
    expect(only(records, 'peer').addresses).toEqual([listener.tcp])
    expect((await run(args, { through })).code).toBe(2)
  })

  it('loads no module of the network stack', async () => {
    const { through } = await networkNamespace()
    const { code, packages } = loadedBy(['dht', 'find-peer', '--via', 'mdns', '--timeout', '1ms', somebody], through)
    expect(code).toBe(3)
    expect([...packages].filter(isOfNetworkStack)).toEqual([])
  })

  it('is 3 where it has not answered by --timeout, though others have', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    speaker.answer(answerFrom(another))
    const args = ['dht', 'find-peer', '--via', 'mdns', '--timeout', '1s', '--json', somebody]
    const { code, records } = await run(args, namespace)
    expect(code).toBe(3)
    expect(records.map(({ type }) => type)).toEqual(['summary', 'error'])
    expect(only(records, 'error').error).toMatchObject({ code: 'timeout' })
  })

  it('is 130 on Ctrl-C', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const running = start(['dht', 'find-peer', '--via', 'mdns', somebody], namespace)
    await speaker.heard(asks)
    expect((await running.stop()).code).toBe(130)
  })

  it.each([
    ['--network', 'lan'],
    ['--bootstrap', '/ip4/127.0.0.1/tcp/1'],
    ['--from', '/ip4/127.0.0.1/tcp/1'],
    ['--tree'],
    ['--dot', 'lookup.dot'],
    ['--service-tag', 'p2p'],
    ['--via', 'pigeon'],
  ])('refuses %s %s beside it', async (...flags) => {
    const { code, stdout } = await run(
      ['dht', 'find-peer', '--via', 'mdns', ...flags, somebody],
      await networkNamespace(),
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

function malformed(): Uint8Array[] {
  return [Buffer.alloc(0), Buffer.from('hello'), question.subarray(0, 20), Buffer.alloc(12, 0xff)]
}
