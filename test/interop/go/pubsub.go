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

// pubSub is a router with the topics that were joined, and whom messages of them are passed on to.
type pubSub struct {
	*pubsub.PubSub
	mu     sync.Mutex
	topics map[string]*pubsub.Topic
	routes *routes
}

func newPubSub(ctx context.Context, h host.Host, cfg pubSubConfig) (*pubSub, error) {
	routes := &routes{hasMesh: cfg.Router == "gossipsub"}
	opts := []pubsub.Option{
		pubsub.WithValidateQueueSize(queueSize),
		pubsub.WithPeerOutboundQueueSize(queueSize),
		pubsub.WithEventTracer(routes),
	}
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
	return &pubSub{PubSub: router, topics: map[string]*pubsub.Topic{}, routes: routes}, nil
}

// routes notes to whom messages of a topic are passed on: who is in the mesh, or has subscribed where there is none.
type routes struct {
	hasMesh bool
	latches sync.Map // by route
}

type route struct {
	topic string
	peer  peer.ID
}

// latch is done once it was opened.
type latch struct {
	context.Context
	open func()
}

func (r *routes) latch(topic string, id peer.ID) latch {
	ctx, open := context.WithCancel(context.Background())
	l, _ := r.latches.LoadOrStore(route{topic, id}, latch{ctx, open})
	return l.(latch)
}

// Trace is a pubsub.EventTracer.
func (r *routes) Trace(event *pb.TraceEvent) {
	if graft := event.GetGraft(); graft != nil {
		r.latch(graft.GetTopic(), peer.ID(graft.GetPeerID())).open()
	}
	if r.hasMesh {
		return
	}
	rpc := event.GetRecvRPC()
	for _, subscription := range rpc.GetMeta().GetSubscription() {
		if subscription.GetSubscribe() {
			r.latch(subscription.GetTopic(), peer.ID(rpc.GetReceivedFrom())).open()
		}
	}
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

func (n *node) awaitSubscriber(ctx context.Context, req request) (any, error) {
	id, err := peer.Decode(req.Peer)
	if err != nil {
		return nil, err
	}
	select {
	case <-n.pubSub.routes.latch(req.Topic, id).Done():
		return struct{}{}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func inPubSub(run command) command {
	return func(n *node, ctx context.Context, req request) (any, error) {
		if n.pubSub == nil {
			return nil, errors.New("this peer has no pub/sub")
		}
		return run(n, ctx, req)
	}
}
