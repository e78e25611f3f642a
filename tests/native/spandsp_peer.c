/* spandsp over whole buffers, for comparison: its DTMF receiver, and its GSM 06.10 and G.711 as impairments. Compiled when
   a test or a bench asks for it. */
#include <stdint.h>
#include <string.h>

#include <spandsp.h>
#include <spandsp/expose.h>

enum { GSM_FRAME = 160 };

typedef struct {
    int32_t *digits, *at;
    int32_t count, room, now;
} log_t;

static void report(void *user, int code, int level, int delay)
{
    log_t *log = user;
    (void)level;
    (void)delay;
    if (code != 0 && log->count < log->room) {
        log->digits[log->count] = code;
        log->at[log->count++] = log->now;
    }
}

/* Feeds n samples in chunks; returns how many digits began, each with the end of the chunk that reported it. */
int32_t peer_dtmf(const int16_t *x, int32_t n, int32_t chunk, int32_t dial_tone_filter, int32_t *digits, int32_t *at,
                  int32_t room)
{
    log_t log = {digits, at, 0, room, 0};
    dtmf_rx_state_t *rx = dtmf_rx_init(NULL, NULL, NULL);
    dtmf_rx_set_realtime_callback(rx, report, &log);
    if (dial_tone_filter)
        dtmf_rx_parms(rx, 1, -1, -1, -99);
    for (int32_t i = 0; i < n; i += chunk) {
        int32_t take = n - i < chunk ? n - i : chunk;
        log.now = i + take;
        dtmf_rx(rx, x + i, take);
    }
    dtmf_rx_free(rx);
    return log.count;
}

/* There and back through GSM 06.10; what does not fill a frame of 160 is zeroed. */
void peer_gsm(int16_t *x, int32_t n)
{
    gsm0610_state_t *out = gsm0610_init(NULL, GSM0610_PACKING_VOIP), *back = gsm0610_init(NULL, GSM0610_PACKING_VOIP);
    uint8_t code[33];
    int32_t i = 0;
    for (; i + GSM_FRAME <= n; i += GSM_FRAME) {
        int len = gsm0610_encode(out, code, x + i, GSM_FRAME);
        gsm0610_decode(back, x + i, code, len);
    }
    memset(x + i, 0, (size_t)(n - i) * sizeof *x);
    gsm0610_free(out);
    gsm0610_free(back);
}

/* There and back through G.711. */
void peer_g711(int16_t *x, int32_t n, int32_t a_law)
{
    for (int32_t i = 0; i < n; i++)
        x[i] = a_law ? alaw_to_linear(linear_to_alaw(x[i])) : ulaw_to_linear(linear_to_ulaw(x[i]));
}
