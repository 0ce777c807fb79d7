import { type Answer, encode, type Packet } from '@dnsquery/dns-packet'

const service = '_p2p._udp.local'

/** What a peer answers, or several do in one message. */
export interface Said {
  name?: string
  service?: string
  /** strings of its TXT records; those of addresses begin with `dnsaddr=` */
  texts: Array<string | Uint8Array>
  ttl?: number
}

/** An answer as js-libp2p sends it: the TXT records follow the PTR record; `additional` is as the spec has it. */
export function answerOf(said: Said[], place: 'answers' | 'additionals' = 'additionals'): Uint8Array {
  const pointers: Answer[] = []
  const texts: Answer[] = []
  for (const [index, { name = `peer-${index}`, service: of = service, texts: data, ttl = 120 }] of said.entries()) {
    pointers.push({ type: 'PTR', name: of, ttl, data: `${name}.${of}` })
    texts.push({ type: 'TXT', name: `${name}.${of}`, ttl, data: data.map((text) => Buffer.from(text)) })
  }
  const answers = place === 'answers' ? [...pointers, ...texts] : pointers
  return encode({ type: 'response', answers, additionals: place === 'answers' ? [] : texts })
}

/** The question for all peers. */
export const question = encode({ type: 'query', questions: [{ name: service, type: 'PTR' }] })

/** Whether a message asks for all peers. */
export function asks({ type, questions = [] }: Packet): boolean {
  return type === 'query' && questions.some(({ name }) => name === service)
}

/** The strings of a message's TXT records. */
export function textsIn({ answers = [], additionals = [] }: Packet): string[] {
  return [...answers, ...additionals].flatMap((record) =>
    record.type === 'TXT' ? [record.data].flat().map((text) => Buffer.from(text).toString()) : [],
  )
}
