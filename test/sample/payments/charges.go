package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// charge is what the shop asks for; Amount is in cents. The same Key is charged once.
type charge struct {
	Key    string `json:"key"`
	Card   string `json:"card"`
	Amount int    `json:"amount"`
}

type charges struct {
	bank *bank
	last atomic.Int64
}

func newCharges(b *bank) *charges {
	return &charges{bank: b}
}

func (c *charges) create(w http.ResponseWriter, r *http.Request) {
	var asked charge
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("shop.order.id", asked.Key))

	err := c.pay(r.Context(), asked)
	switch {
	case errors.Is(err, errBankUnavailable):
		answer(w, http.StatusServiceUnavailable, map[string]string{"error": err.Error()})
	case err != nil:
		answer(w, http.StatusPaymentRequired, map[string]string{"error": err.Error()})
	default:
		answer(w, http.StatusCreated, map[string]int64{"id": c.last.Add(1)})
	}
}

// pay scores the risk while the bank authorizes, and captures when both agree.
func (c *charges) pay(ctx context.Context, asked charge) error {
	risk := make(chan error, 1)
	go func() { risk <- scoreRisk(ctx, asked) }()

	authorizeErr := c.bank.authorize(ctx, asked)
	if err := errors.Join(authorizeErr, <-risk); err != nil {
		return err
	}
	return c.bank.capture(ctx, asked)
}
