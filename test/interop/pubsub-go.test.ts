import { pubsub } from './pubsub.ts'

pubsub('go')
