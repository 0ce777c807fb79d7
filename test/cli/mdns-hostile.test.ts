import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { only, run, start } from '../support/cli.ts'
import { forgedId } from '../support/forged-id.ts'
import { startListener } from '../support/listener.ts'
import { answerOf, asks, question } from '../support/mdns-answer.ts'
import { mdnsSpeaker } from '../support/mdns-speaker.ts'
import { type NetworkNamespace, networkNamespace, noNamespaces } from '../support/network-namespace.ts'

const [somebody, another] = [forgedId(1), forgedId(2)]
const at = (peer: string, port = 4001) => `/ip4/10.0.0.1/tcp/${port}/p2p/${peer}`
const text = (peer: string, port?: number) => `dnsaddr=${at(peer, port)}`
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** Messages of 16 peers that nobody is, each with IDs of its own. */
function forged(messages: number): Uint8Array[] {
  return Array.from({ length: messages }, (_, index) =>
    answerOf(Array.from({ length: 16 }, (_, more) => ({ texts: [text(forgedId(1000 + 16 * index + more))] }))),
  )
}

describe.skipIf(noNamespaces)('hostile answers to p2p discover mdns', () => {
  it('reach no terminal with their control characters', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const evil = '\x1b[2J\x1b]0;owned\x07\u202e\n'
    speaker.answer(
      answerOf([
        { name: `${evil}name`, texts: [evil, `dnsaddr=${evil}`, `dnsaddr=/dns4/${evil}/tcp/1/p2p/${another}`] },
      ]),
      answerOf([{ texts: [Buffer.from([...Buffer.from('dnsaddr=/ip4/'), 0xff, 0xfe, 0x9b])] }]),
      answerOf([{ texts: [text(somebody)] }]),
    )
    for (const flags of [[], ['--json']]) {
      const args = ['discover', 'mdns', '--for', '60s', '--inspect', 'all', ...flags]
      const running = start(args, namespace)
      await running.line(new RegExp(somebody))
      const { code, stdout, stderr } = await running.stop()
      expect(code).toBe(0)
      expect(stderr).toContain('mdns-ignored')
      for (const line of `${stdout}\n${stderr}`.split('\n')) expect(line).not.toMatch(unsafe)
    }
  })

  it('that are malformed or too long are counted, and cost nobody else their place', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const whole = Buffer.from(answerOf([{ texts: [text(another)] }]))
    const loop = Buffer.concat([whole.subarray(0, 12), Buffer.from([0xc0, 0x0c, 0, 12, 0, 1])])
    const badText = Buffer.from(whole)
    // the length of the TXT record's first string
    badText[whole.indexOf('dnsaddr=') - 1] = 0xff
    const tooLong = answerOf([{ texts: Array.from({ length: 60 }, () => text(another).padEnd(250, '/')) }])
    const running = start(['discover', 'mdns', '--json', '--limit', '1', '--for', '60s'], namespace)
    await speaker.heard(asks)
    speaker.send(Buffer.alloc(0), randomBytes(600), whole.subarray(0, 40), loop, badText, tooLong)
    speaker.answer(answerOf([{ texts: [text(somebody)] }]))
    speaker.send(question)
    const { code, records } = await running.exited
    expect(code).toBe(0)
    expect(only(records, 'discovered').peer).toBe(somebody)
    expect(only(records, 'summary').ignored).toBeGreaterThanOrEqual(4)
  })

  it('with the addresses of others keep those of the first', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const own = Array.from({ length: 8 }, (_, index) => text(somebody, index + 1))
    const others = Array.from({ length: 4 }, (_, index) => text(another, index + 1))
    speaker.answer(
      answerOf([{ texts: [...own, ...others, 'dnsaddr=/ip4/10.0.0.1/tcp/1', `dnsaddr=/p2p/${somebody}`] }]),
    )
    const { records } = await run(['discover', 'mdns', '--json', '--limit', '1', '--for', '60s'], namespace)
    const { peer, addresses } = only(records, 'discovered')
    expect(peer).toBe(somebody)
    expect(addresses).toEqual(own.map((entry) => entry.slice('dnsaddr='.length)))
    expect(only(records, 'summary').ignored).toBe(6)
  })

  it('of thousands of peers are kept up to a thousand', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const running = start(['discover', 'mdns', '--json', '--for', '10m'], namespace)
    await speaker.heard(asks)
    const found = () => running.records.filter(({ type }) => type === 'discovered').length
    for (const [index, message] of forged(70).entries()) {
      speaker.send(message)
      // one after the other: a full buffer of the system drops what follows
      await running.until(() => found() === Math.min(16 * (index + 1), 1000))
    }
    expect(await running.line(/1000/, 'stderr')).toBe('more than 1000 peers answer: the others are left out')
    const { code, records } = await running.stop()
    expect(code).toBe(0)
    expect(found()).toBe(1000)
    expect(only(records, 'summary')).toMatchObject({ found: 1000, ignored: 0 })
  })

  it('of thousands of peers hide nobody from find-peer', async () => {
    const namespace = await networkNamespace()
    const speaker = await mdnsSpeaker(namespace)
    const running = start(['dht', 'find-peer', '--via', 'mdns', '--timeout', '0', somebody], namespace)
    await speaker.heard(asks)
    speaker.answer(answerOf([{ texts: [text(somebody)] }]))
    speaker.send(...forged(200))
    expect(await running.exited).toMatchObject({ code: 0, stdout: `${at(somebody)}\n` })
  })
})

/** Keeps what is sent from 10.77.0.1 from leaving; it works on every interface but loopback. */
const blockCable = 'ip xfrm policy add dir out src 10.77.0.1 dst 224.0.0.251 action block'
const cable = `ip link add cable0 type veth peer name cable1
ip address add 10.77.0.1/24 dev cable0
ip link set cable0 up
ip link set cable1 up`

describe.skipIf(noNamespaces)('mDNS that does not work', () => {
  const commands = [
    ['discover', 'mdns'],
    ['listen', '--mdns'],
    ['dht', 'find-peer', '--via', 'mdns', somebody],
  ]

  it.each(commands)('is 7 where another program keeps the port to itself: %s %s', async (...args) => {
    const namespace = await networkNamespace()
    await mdnsSpeaker(namespace, 'its own')
    const { code, records } = await run([...args, '--json'], namespace)
    expect(code).toBe(7)
    const { error } = only(records, 'error')
    expect(error).toMatchObject({ code: 'local', layer: 'transport' })
    expect(error.message).toContain('5353')
    expect(error.addresses).toMatchObject([{ address: '/ip4/127.0.0.1/udp/5353', tried: true, code: 'local' }])
    expect(error.suggestions).not.toEqual([])
  })

  it.each([commands[0] ?? [], commands[2] ?? []])('is 4 where there is no interface: %s %s', async (...args) => {
    const namespace = await networkNamespace()
    namespace.setUp('ip link set lo down')
    const { code, records } = await run([...args, '--json'], namespace)
    expect(code).toBe(4)
    expect(only(records, 'error').error.message).toContain('no network interface')
  })

  it('is 4 where nothing can be sent, and a note where one interface cannot', async ({ skip }) => {
    const namespace = await networkNamespace()
    namespace.setUp(cable)
    if (!works(namespace, blockCable)) return skip('this kernel has no xfrm')
    await startListener(['--mdns', '--transport', 'tcp'], namespace)
    const half = await run(['discover', 'mdns', '--limit', '1', '--for', '60s'], namespace)
    expect(half).toMatchObject({ code: 0, stderr: expect.stringMatching(/^no mDNS on cable0 10\.77\.0\.1: .*EPERM/) })
    namespace.setUp('ip link set lo down')
    const { code, records } = await run(['discover', 'mdns', '--json'], namespace)
    expect(code).toBe(4)
    const { error } = only(records, 'error')
    expect(error).toMatchObject({ code: 'unreachable', layer: 'transport' })
    expect(error.addresses).toMatchObject([{ address: '/ip4/10.77.0.1/udp/5353', tried: true, code: 'unreachable' }])
  })
})

function works({ through }: NetworkNamespace, script: string): boolean {
  const [command = '', ...before] = through
  return spawnSync(command, [...before, 'sh', '-c', script]).status === 0
}
