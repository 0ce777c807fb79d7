import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect } from 'vitest'
import { scratchFile, start as startCli } from '../support/cli.ts'
import { startListener } from '../support/listener.ts'
import { joining, startJoinable } from '../support/pubsub.ts'
import { readTrace } from '../support/trace.ts'
import type { StartPeer } from './cell.ts'
import { OurPublisher, OurSubscriber, type Reachable, TheirPeer } from './participants.ts'

/** How messages are passed on, and whether they are signed. */
export interface TopicSetting {
  router: 'gossipsub' | 'floodsub'
  signing: 'strict' | 'none'
  /** how many are published */
  messages: number
}

const name = 'news'
const loopback = '/ip4/127.0.0.1/tcp/0'
/** What either side speaks best. */
const protocols = { gossipsub: '/meshsub/1.2.0', floodsub: '/floodsub/1.0.0' }

/** A topic in which peers of theirs and of ours take part. */
export class MixedTopic {
  readonly setting: TopicSetting
  readonly #start: StartPeer
  /** with what they have to say in the end */
  readonly #ours: Array<{ one: OurSubscriber | OurPublisher; summaries: object[] }> = []

  constructor(start: StartPeer, setting: TopicSetting) {
    this.#start = start
    this.setting = setting
  }

  /** A peer of theirs that has subscribed, connected to these. */
  async their(...peers: Reachable[]): Promise<TheirPeer> {
    const base = { transports: ['tcp'], security: ['noise'], muxers: ['yamux'], listen: [loopback] }
    const { router, signing } = this.setting
    const peer = await this.#start({ ...base, pubsub: { router, signing } })
    await peer.do('subscribe', { topic: name })
    for (const { address } of peers) await peer.do('dial', { address })
    return new TheirPeer(peer, name)
  }

  /** `p2p pubsub sub`, connected to these. */
  async ourSubscriber(...peers: Reachable[]): Promise<OurSubscriber> {
    const sub = new OurSubscriber(await startJoinable(['sub', ...this.#flags(), ...joining(...peers), name]))
    this.#ours.push({ one: sub, summaries: [{ messages: this.setting.messages, dropped: 0, rejected: 0 }] })
    return sub
  }

  /** `p2p listen --pubsub`. */
  async ourHub(): Promise<OurSubscriber> {
    const { running, peerId, tcp } = await startListener(['--transport', 'tcp', '--pubsub', name, ...this.#flags()])
    const hub = new OurSubscriber({ running, peerId, address: tcp })
    this.#ours.push({ one: hub, summaries: [] })
    return hub
  }

  /** `p2p pubsub pub`, connected to these. */
  async ourPublisher(...peers: Reachable[]): Promise<OurPublisher> {
    const pair = await generateKeyPair('Ed25519')
    const flags = [...this.#flags(), '--key', scratchFile(privateKeyToProtobuf(pair), 'key'), ...joining(...peers)]
    const running = startCli(['pubsub', 'pub', '--json', ...flags, name, '-'])
    const pub = new OurPublisher(running, peerIdFromPrivateKey(pair).toString())
    this.#ours.push({ one: pub, summaries: [{ published: this.setting.messages, failed: 0 }] })
    return pub
  }

  /** Ends our side: nothing was lost, doubled or refused, and the router's own protocol was spoken. */
  async end(): Promise<void> {
    for (const { one, summaries } of this.#ours) {
      const { code, records, stderr } = await one.end()
      expect(code, stderr).toBe(0)
      expect(records.filter(({ type }) => type === 'summary')).toMatchObject(summaries)
      expect(records.filter(({ type }) => type === 'rejected')).toEqual([])
      const messages = records.filter((record) => record.type === 'message')
      expect(messages.every(({ signed }) => signed === (this.setting.signing === 'strict'))).toBe(true)
      const spoken = readTrace(stderr).flatMap(({ detail }) => (detail.protocol === undefined ? [] : [detail.protocol]))
      expect([...new Set(spoken)]).toEqual([protocols[this.setting.router]])
    }
  }

  #flags(): string[] {
    const { router, signing } = this.setting
    return ['--router', router, '--signing', signing, '--inspect', 'pubsub']
  }
}
