package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

var (
	errBankUnavailable = errors.New("the bank did not answer in time")
	errCardDeclined    = errors.New("the bank declined the card")
)

// bank stands in for the bank's service: it takes its time, declines some
// cards, and does not answer the first time some others are charged.
type bank struct {
	mutex sync.Mutex
	tried map[string]bool
}

func newBank() *bank {
	return &bank{tried: make(map[string]bool)}
}

func (b *bank) authorize(ctx context.Context, asked charge) error {
	_, span := tracer.Start(ctx, "authorize card", trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.Int("shop.charge.amount", asked.Amount)))
	defer span.End()

	if err := b.ask(asked); err != nil {
		span.RecordError(err, trace.WithStackTrace(true))
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	return nil
}

// ask sends the authorization to the bank and waits for its word.
func (b *bank) ask(asked charge) error {
	if asked.Card == "flaky" && b.firstTry(asked.Key) {
		time.Sleep(120 * time.Millisecond)
		return errBankUnavailable
	}
	time.Sleep(34 * time.Millisecond)
	if asked.Card == "declined" {
		return errCardDeclined
	}
	return nil
}

func (b *bank) capture(ctx context.Context, asked charge) error {
	_, span := tracer.Start(ctx, "capture charge", trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("shop.order.id", asked.Key)))
	defer span.End()

	time.Sleep(21 * time.Millisecond)
	span.AddEvent("captured")
	return nil
}

func (b *bank) firstTry(key string) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	first := !b.tried[key]
	b.tried[key] = true
	return first
}
