import { expect } from 'vitest'
import type { Implementation } from './build.ts'
import { cell } from './cell.ts'
import { MixedTopic } from './mixed-topic.ts'
import type { Message, Publisher, Receiver } from './participants.ts'

/** Messages that are published as fast as they can be; the last one follows when they have arrived. */
const burst = 100
const texts = [...Array.from({ length: burst }, (_, index) => `message ${index + 1}`), 'the end']

/**
 * The pub/sub of one implementation: every message that one side publishes comes to the other once, directly and through a
 * third peer that alone knows both.
 *
 * @param implementation - which
 */
export function pubsub(implementation: Implementation): void {
  const row = (name: string, body: (topic: MixedTopic) => Promise<void>, signing: 'strict' | 'none' = 'strict') => {
    for (const router of ['gossipsub', 'floodsub'] as const) {
      cell({ implementation, group: 'pub/sub', row: name, column: router }, async (start) => {
        const topic = new MixedTopic(start, { router, signing, messages: texts.length })
        await body(topic)
        await topic.end()
      })
    }
  }
  row('they publish, we receive', theyPublish)
  row('we publish, they receive', wePublish)
  row('from us to us, through theirs', throughTheirs)
  row('from them to them, through ours', throughOurs)
  row('unsigned, they publish, we receive', theyPublish, 'none')
  row('unsigned, we publish, they receive', wePublish, 'none')
  row('unsigned, from us to us, through theirs', throughTheirs, 'none')
}

async function theyPublish(topic: MixedTopic): Promise<void> {
  const receiver = await topic.ourSubscriber()
  const publisher = await topic.their(receiver)
  await publisher.passesOnTo(receiver)
  const { published, received } = await publishAll(topic, publisher, receiver)
  expect(received, 'in their order').toEqual(published)
}

async function wePublish(topic: MixedTopic): Promise<void> {
  const receiver = await topic.their()
  await publishAll(topic, await topic.ourPublisher(receiver), receiver)
}

async function throughTheirs(topic: MixedTopic): Promise<void> {
  const hub = await topic.their()
  const receiver = await topic.ourSubscriber(hub)
  await hub.passesOnTo(receiver)
  await publishAll(topic, await topic.ourPublisher(hub), receiver)
}

async function throughOurs(topic: MixedTopic): Promise<void> {
  const hub = await topic.ourHub()
  const [receiver, publisher] = await Promise.all([topic.their(hub), topic.their(hub)])
  await hub.passesOnTo(receiver, topic.setting.router)
  await publisher.passesOnTo(hub)
  await publishAll(topic, publisher, receiver)
}

/** Each message has to come once; they may overtake each other, since Go checks several at a time. */
async function publishAll({ setting }: MixedTopic, publisher: Publisher, receiver: Receiver) {
  await publisher.publish('message ', burst)
  await publisher.messages(burst)
  await receiver.messages(burst)
  await publisher.publish('the end')
  const received = await receiver.messages(texts.length)
  const published = await publisher.messages(texts.length)
  const signed = { from: publisher.peerId, sequenceNumber: expect.stringMatching(/^\d+$/) }
  expect(published).toEqual(texts.map((text) => ({ text, ...(setting.signing === 'strict' && signed) })))
  expect(received.toSorted(byText)).toEqual(published.toSorted(byText))
  return { published, received }
}

function byText(one: Message, other: Message): number {
  return one.text < other.text ? -1 : 1
}
