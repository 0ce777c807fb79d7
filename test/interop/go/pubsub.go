package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
)

// queueSize is what a burst may bring: of 1,000 messages the queues that are the default lose some.
const queueSize = 8192

type pubSubConfig struct {
	Router  string `json:"router"`
	Signing string `json:"signing"`
}

// pubSub is a router with the topics that were joined.
type pubSub struct {
	*pubsub.PubSub
	mu     sync.Mutex
	topics map[string]*pubsub.Topic
}

func newPubSub(ctx context.Context, h host.Host, cfg pubSubConfig) (*pubSub, error) {
	opts := []pubsub.Option{pubsub.WithValidateQueueSize(queueSize), pubsub.WithPeerOutboundQueueSize(queueSize)}
	switch cfg.Signing {
	case "strict":
		opts = append(opts, pubsub.WithMessageSignaturePolicy(pubsub.StrictSign))
	case "none":
		// Without an author and a number the data is all that tells messages apart.
		opts = append(opts, pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign), pubsub.WithNoAuthor(),
			pubsub.WithMessageIdFn(func(m *pb.Message) string {
				digest := sha256.Sum256(m.Data)
				return string(digest[:])
			}))
	default:
		return nil, unsupported("signing", cfg.Signing)
	}
	routers := map[string]func(context.Context, host.Host, ...pubsub.Option) (*pubsub.PubSub, error){
		"gossipsub": pubsub.NewGossipSub,
		"floodsub":  pubsub.NewFloodSub,
	}
	newRouter, ok := routers[cfg.Router]
	if !ok {
		return nil, unsupported("router", cfg.Router)
	}
	router, err := newRouter(ctx, h, opts...)
	if err != nil {
		return nil, err
	}
	return &pubSub{PubSub: router, topics: map[string]*pubsub.Topic{}}, nil
}

func (p *pubSub) topic(name string) (*pubsub.Topic, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if topic, ok := p.topics[name]; ok {
		return topic, nil
	}
	topic, err := p.Join(name)
	if err == nil {
		p.topics[name] = topic
	}
	return topic, err
}

type message struct {
	Event          string `json:"event"`
	Topic          string `json:"topic"`
	From           string `json:"from,omitempty"`
	Data           []byte `json:"data"`
	SequenceNumber string `json:"sequenceNumber,omitempty"`
}

func (n *node) subscribe(_ context.Context, req request) (any, error) {
	topic, err := n.pubSub.topic(req.Topic)
	if err != nil {
		return nil, err
	}
	subscription, err := topic.Subscribe(pubsub.WithBufferSize(queueSize))
	if err != nil {
		return nil, err
	}
	go n.tellMessages(subscription)
	return struct{}{}, nil
}

func (n *node) tellMessages(subscription *pubsub.Subscription) {
	for {
		m, err := subscription.Next(context.Background())
		if err != nil {
			return
		}
		if m.ReceivedFrom == n.host.ID() {
			continue
		}
		said := message{Event: "message", Topic: m.GetTopic(), Data: m.GetData()}
		if from := m.GetFrom(); from != "" {
			said.From = from.String()
		}
		if number := m.GetSeqno(); len(number) == 8 {
			said.SequenceNumber = strconv.FormatUint(binary.BigEndian.Uint64(number), 10)
		}
		n.out.tell(said)
	}
}

func (n *node) publish(ctx context.Context, req request) (any, error) {
	topic, err := n.pubSub.topic(req.Topic)
	if err != nil {
		return nil, err
	}
	if req.Count == 0 {
		return struct{}{}, topic.Publish(ctx, req.Data)
	}
	for number := 1; number <= req.Count; number++ {
		if err := topic.Publish(ctx, fmt.Appendf(nil, "%s%d", req.Data, number)); err != nil {
			return nil, err
		}
	}
	return struct{}{}, nil
}

func (n *node) pubSubPeers(_ context.Context, req request) (any, error) {
	peers := n.pubSub.ListPeers(req.Topic)
	if peers == nil {
		peers = []peer.ID{}
	}
	return map[string]any{"peers": peers}, nil
}

func inPubSub(run command) command {
	return func(n *node, ctx context.Context, req request) (any, error) {
		if n.pubSub == nil {
			return nil, errors.New("this peer has no pub/sub")
		}
		return run(n, ctx, req)
	}
}
