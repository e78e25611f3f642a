/*
 * RFC 4733 keys of a stream, as they arrive on the media I/O queue thread: one press is one BEGIN and one END,
 * however its packets were repeated, reordered or lost. A press is named by (digit, RTP timestamp), never by the
 * marker bit.
 */
#include <stdlib.h>
#include <string.h>

#include "tap_state.h"

/* A long press goes on in a new segment whose timestamp is 0xFFFF units on (RFC 4733, 2.5.1.3): 8,191 or 8,192 ms
   at the 8 kHz of telephone-event, as the library's division by 8 falls. It divides after the wrap, so at 2^32 / 8
   ms the count begins anew. */
enum { SEGMENT_MS = 8191, WRAP_MS = 1 << 29 };

static void tell(gw_tap *tap, int which, int32_t phase) {
    gw_event event;
    memset(&event, 0, sizeof event);
    event.kind = GW_EV_DIGIT;
    event.source = GW_SOURCE_RFC4733;
    event.phase = phase;
    event.digit = tap->heard.past[which].digit;
    event.end = -1;
    event.doubled = tap->heard.past[which].doubled;
    event.rtp_ms = tap->heard.past[which].rtp_ms;
    event.duration_ms = tap->heard.past[which].duration_ms;
    /* Counted before the event is pushed: from here on the sending side stops plays. */
    if (phase == GW_KEY_BEGIN && !event.doubled) event.nth = gw_press_note(tap, &tap->rfc, event.digit);
    if (!gw_tap_emit(tap, &tap->rfc_events, &event, 0, &tap->lost_rfc) && event.nth != 0) {
        atomic_store(&tap->rfc.lost, event.nth);
    }
}

static int find(const gw_rfc4733 *heard, int32_t digit, uint32_t rtp_ms) {
    for (int i = 0; i < heard->n; i++) {
        if (heard->past[i].digit == digit && heard->past[i].rtp_ms == rtp_ms) return i;
    }
    return -1;
}

static int next_segment(const gw_rfc4733 *heard, int32_t digit, uint32_t rtp_ms) {
    if (heard->n == 0 || heard->past[0].digit != digit || heard->past[0].ended) return 0;
    uint32_t on = (rtp_ms - heard->past[0].rtp_ms) % WRAP_MS;
    return on >= SEGMENT_MS && on <= SEGMENT_MS + 1;
}

static void remember(gw_tap *tap, int32_t digit, uint32_t rtp_ms) {
    gw_rfc4733 *heard = &tap->heard;
    memmove(&heard->past[1], &heard->past[0], sizeof heard->past - sizeof heard->past[0]);
    memset(&heard->past[0], 0, sizeof heard->past[0]);
    heard->past[0].digit = digit;
    heard->past[0].rtp_ms = rtp_ms;
    if (heard->n < GW_HISTORY) heard->n++;
}

void gw_rfc4733_report(gw_tap *tap, int32_t digit, uint32_t rtp_ms, int32_t duration_ms, int32_t flags) {
    gw_rfc4733 *heard = &tap->heard;
    if (digit == 0 || memchr("0123456789*#ABCD", digit, 16) == NULL)
        return; /* flash and other events are no keys */
    int which = find(heard, digit, rtp_ms);
    if (which < 0 && next_segment(heard, digit, rtp_ms)) {
        int32_t doubled = heard->past[0].doubled;
        remember(tap, digit, rtp_ms); /* so that late packets of the first segment still find it, as ended */
        heard->past[0].doubled = doubled;
        heard->past[1].ended = 1;
        which = 0;
    }
    if (which < 0) {
        /* A new press ends the one before it, whose end packets were lost. */
        if (heard->n > 0 && !heard->past[0].ended) {
            heard->past[0].ended = 1;
            tell(tap, 0, GW_KEY_END);
        }
        remember(tap, digit, rtp_ms);
        which = 0;
        heard->past[0].doubled = gw_press_is_double(tap, &tap->inband, digit);
        heard->past[0].duration_ms = duration_ms;
        tell(tap, 0, GW_KEY_BEGIN);
    }
    if (heard->past[which].ended) return;
    if (duration_ms > heard->past[which].duration_ms) heard->past[which].duration_ms = duration_ms;
    if (!heard->past[which].doubled) gw_press_refresh(tap, &tap->rfc, digit);
    if ((flags & GW_RFC4733_END) != 0) {
        heard->past[which].ended = 1;
        tell(tap, which, GW_KEY_END);
    }
}

/*
 * The library calls back with a pointer that we gave it, and a stream can live longer than its tap. So it gets a
 * watch, which is never freed and forgets its tap, instead of the tap. `busy` tells the loop that a call is inside
 * just now.
 */
typedef struct gw_watch gw_watch;
struct gw_watch {
    gw_watch *next;
    void *stream; /* the loop's; NULL: free to be used again */
    _Atomic(gw_tap *) tap;
    _Atomic int32_t busy;
};

static gw_watch *watches;

static void on_event(void *stream, void *user_data, const pjmedia_stream_dtmf_event *event) {
    gw_watch *watch = user_data;
    (void)stream;
    atomic_fetch_add(&watch->busy, 1);
    gw_tap *tap = atomic_load(&watch->tap);
    if (tap != NULL) gw_rfc4733_report(tap, event->digit, event->timestamp, event->duration, event->flags);
    atomic_fetch_sub(&watch->busy, 1);
}

static gw_watch *watch_of(void *stream) {
    for (gw_watch *w = watches; w != NULL; w = w->next) {
        if (w->stream == stream && atomic_load(&w->busy) == 0) return w;
    }
    return NULL;
}

int32_t gw_tap_watch_stream(gw_tap *tap, void *stream) {
    if (gw_pj == NULL) return GW_NOT_BOUND;
    if (tap->closing) return GW_CLOSED;
    if (stream == NULL) return GW_BAD_VALUE;
    gw_watch *watch = watch_of(stream);
    if (watch == NULL) watch = watch_of(NULL);
    if (watch == NULL) {
        watch = calloc(1, sizeof *watch);
        if (watch == NULL) return GW_FULL;
        watch->next = watches;
        watches = watch;
    }
    watch->stream = stream;
    atomic_store(&watch->tap, tap);
    return gw_pj->pjmedia_stream_set_dtmf_event_callback(stream, on_event, watch);
}

void gw_unwatch_stream(void *stream) {
    for (gw_watch *w = watches; w != NULL && stream != NULL; w = w->next) {
        if (w->stream != stream) continue;
        atomic_store(&w->tap, NULL);
        gw_pj->pjmedia_stream_set_dtmf_event_callback(stream, NULL, NULL);
        w->stream = NULL;
    }
}

int gw_rfc4733_detach(gw_tap *tap) {
    int busy = 0;
    for (gw_watch *w = watches; w != NULL; w = w->next) {
        gw_tap *expected = tap;
        atomic_compare_exchange_strong(&w->tap, &expected, NULL);
        busy |= atomic_load(&w->busy) != 0;
    }
    return !busy;
}
