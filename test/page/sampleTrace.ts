import { drawTrace } from "../support/drawnTrace.ts";

/** A checkout of several services: nested calls, a failed payment with its exception, links, and a place in the code. */
export const checkout = drawTrace(`
POST /checkout  ==============================================================  service=gateway kind=server http.route=/checkout http.request.method=POST code.file.path=src/checkout.js code.line.number=42 url.full=https://shop.test/checkout?cart=1
 check cart      =====                                            service=gateway
 price cart            ===================                       service=pricing kind=client event=retry
  GET /quotes           ==================                       service=pricing kind=server
   select rates          ====        service=postgres kind=client db.system.name=postgresql
   select taxes               ====      service=postgres kind=client
   apply coupons                    =====          service=pricing event=cache.miss
 charge card                             ========================  !error message="card declined by the bank" service=payments kind=client
  POST /charge                            ======================   !error service=payments kind=server event=exception
   risk score                              ====          service=risk
   bank call                                   ==============      !error service=bank kind=client event=exception link=aaaabbbbccccddddaaaabbbbccccdddd/1111222233334444
 reserve stock                                                   =========== service=inventory link=4bf92f3577b34da6a3ce929d0e0e4736/0000000000000003
 publish                                                                   =  service=kafka kind=producer
`);
