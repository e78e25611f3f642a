/* spandsp's DTMF receiver run over a whole buffer, for comparison. Built when a test or a bench asks for it. */
#include <stdint.h>
#include <stdlib.h>

#include <spandsp.h>

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
int32_t peer_run(const int16_t *x, int32_t n, int32_t chunk, int32_t dial_filter, int32_t *digits, int32_t *at,
                 int32_t room)
{
    log_t log = {digits, at, 0, room, 0};
    dtmf_rx_state_t *rx = dtmf_rx_init(NULL, NULL, NULL);
    dtmf_rx_set_realtime_callback(rx, report, &log);
    if (dial_filter)
        dtmf_rx_parms(rx, 1, -1, -1, -99);
    for (int32_t i = 0; i < n; i += chunk) {
        int32_t take = n - i < chunk ? n - i : chunk;
        log.now = i + take;
        dtmf_rx(rx, x + i, take);
    }
    dtmf_rx_free(rx);
    return log.count;
}
