import { describe, expect, it } from 'vitest'
import { peerAnswering } from '../support/peers.ts'
import { noTmux, startInTerminal } from '../support/terminal.ts'

/** Starts a chat in a terminal, and waits for its address. */
async function chatIn(args: string[], columns?: number) {
  const terminal = startInTerminal(['chat', '--transport', 'tcp', ...args], columns)
  const [address = ''] = /\/ip4\/\S+/.exec(await terminal.line(/^listening on /)) ?? []
  await terminal.line(/^room> ?$/)
  return { ...terminal, address }
}

describe.skipIf(noTmux)('p2p chat in a terminal', () => {
  it('talks, renames, switches rooms and sends direct messages', async () => {
    const alice = await chatIn(['--name', 'alice', 'room'])
    const bob = await chatIn(['--name', 'bob', '--bootstrap', alice.address, 'room'])
    await alice.line(/ is called bob$/)
    await bob.line(/ is called alice$/)

    alice.type('hello, everybody')
    await bob.line(/^\d\d:\d\d:\d\d alice ….{8} hello, everybody$/)
    bob.type('hello, alice')
    await alice.line(/^\d\d:\d\d:\d\d bob ….{8} hello, alice$/)

    bob.type('/name robert')
    await alice.line(/^bob ….{8} is called robert$/)
    bob.type('who am I?')
    await alice.line(/ robert ….{8} who am I\?$/)
    alice.type('/peers')
    await alice.line(/^robert {2}12D3/)

    alice.type('/msg robert psst')
    await bob.line(/ alice ….{8} \(to you\) psst$/)
    await alice.line(/^taken by /)

    alice.type('/join elsewhere')
    await alice.line(/^elsewhere> ?$/)
    await bob.line(/^alice ….{8} has left room$/)
    alice.type('is anybody here?')
    await alice.line(/^not sent: nobody is here$/)
    bob.type('/rooms')
    await bob.line(/^ {2}elsewhere 1 peer$/)
    bob.type('/join elsewhere')
    await alice.line(/^robert ….{8} has come to elsewhere$/)
    bob.type('here I am')
    await alice.line(/ robert ….{8} here I am$/)

    alice.type('/nick x')
    await alice.line(/^error there is no command \/nick \(usage\)$/)
    alice.type('/quit')
    expect(await alice.ended()).toBe(0)
    await bob.line(/^alice ….{8} has left elsewhere$/)
    bob.press('C-c')
    expect(await bob.ended()).toBe(0)
  })

  it('keeps nobody waiting, and is not silent about failures with --quiet', async () => {
    const { peer, address } = await peerAnswering('/libp2p/chat/1.0.0', (stream) => stream)
    // nothing ends the wait for its answer
    const flags = ['--quiet', '--timeout', '0', '--transport', 'tcp', '--bootstrap', address]
    const chat = startInTerminal(['chat', ...flags, 'room'])
    await chat.line(/^room> ?$/)
    chat.type(`/msg ${peer.peerId} hi`)
    chat.type('/nick x')
    await chat.line(/^error there is no command \/nick \(usage\)$/)
    chat.type('/quit')
    expect(await chat.ended()).toBe(0)
  })

  it('goes on where it was stopped by Ctrl-Z', async () => {
    const chat = startInTerminal(['chat', '--transport', 'tcp', 'room'])
    await chat.line(/^room> ?$/)
    chat.press('C-z')
    await chat.line(/^stopped$/)
    chat.type('/rooms')
    await chat.line(/^\* room 0 peers$/)
    chat.type('/quit')
    expect(await chat.ended()).toBe(0)
  })

  it('keeps what is being typed whole, also where it is wrapped', async () => {
    const alice = await chatIn(['room'])
    const bob = await chatIn(['--bootstrap', alice.address, 'room'], 40)
    await bob.line(/has come to room$/)
    const draft = 'a draft that is longer than forty columns can show'
    bob.draft(draft)
    await bob.line(new RegExp(`^room> ${draft}$`))
    alice.type('in between')
    await bob.line(/ in between$/)
    await bob.line(new RegExp(`^room> ${draft}$`))
    expect(bob.screen().filter((line) => line.includes('a draft'))).toEqual([`room> ${draft}`])
    bob.press('Enter')
    await alice.line(new RegExp(` ${draft}$`))
    // Ctrl-D ends it
    bob.press('C-d')
    expect(await bob.ended()).toBe(0)
  })
})
