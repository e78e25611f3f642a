/* DTMF sender: two rotating phasors in double precision, so frequencies are exact to far below 1 ppm and the only
   spur is the rounding to 16 bits. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dtmf_gen.h"

static const double PI = 3.14159265358979323846;
static const double LOW_HZ[4] = {697.0, 770.0, 852.0, 941.0}; /* ITU-T Q.23 */
static const double HIGH_HZ[4] = {1209.0, 1336.0, 1477.0, 1633.0};
static const double FULL_SCALE_DBM0 = 3.14;   /* of a sine that peaks at 32768 (ITU-T G.711) */
static const float LEVEL_LEAST_DBM0 = -70.0F; /* half an LSB: below it there is only silence */
static const float LEVEL_MOST_DBM0 = 3.14F;
static const int32_t LONGEST_MS = 60000;
static const int32_t EDGE_MS = 3; /* cosine rise and fall: no click, 40 ms stay full for 34 */

void gw_dtmf_gen_init(gw_dtmf_gen *g, int32_t sample_rate) {
    memset(g, 0, sizeof *g);
    g->sample_rate = sample_rate == 16000 ? 16000 : 8000;
}

int32_t gw_dtmf_gen_start(gw_dtmf_gen *g, int32_t digit, int32_t on_ms, int32_t off_ms, float low_dbm0,
                          float high_dbm0) {
    static const char keys[] = "123A456B789C*0#D";
    if (digit >= 'a' && digit <= 'd') digit -= 'a' - 'A';
    const char *key = digit > 0 && digit < 128 ? strchr(keys, digit) : NULL;
    if (key == NULL || on_ms < 1 || on_ms > LONGEST_MS || off_ms < 0 || off_ms > LONGEST_MS ||
        !(low_dbm0 >= LEVEL_LEAST_DBM0 && low_dbm0 <= LEVEL_MOST_DBM0) ||
        !(high_dbm0 >= LEVEL_LEAST_DBM0 && high_dbm0 <= LEVEL_MOST_DBM0))
        return 0;
    const ptrdiff_t pair = key - keys;
    const double hz[2] = {LOW_HZ[pair / 4], HIGH_HZ[pair % 4]};
    const float level[2] = {low_dbm0, high_dbm0};
    const int32_t per_ms = g->sample_rate / 1000;
    for (int i = 0; i < 2; i++) {
        double turn = 2.0 * PI * hz[i] / g->sample_rate;
        g->sine[i] = 0.0;
        g->cosine[i] = 1.0;
        g->step_sine[i] = sin(turn);
        g->step_cosine[i] = cos(turn);
        g->amplitude[i] = 32768.0 * pow(10.0, ((double)level[i] - FULL_SCALE_DBM0) / 20.0);
    }
    g->position = 0;
    g->on = on_ms * per_ms;
    g->total = g->on + off_ms * per_ms;
    g->edge = EDGE_MS * per_ms < g->on / 2 ? EDGE_MS * per_ms : g->on / 2;
    return 1;
}

static double envelope(const gw_dtmf_gen *g) {
    int32_t left = g->on - 1 - g->position;
    int32_t from = g->position < left ? g->position : left;
    return from >= g->edge ? 1.0 : 0.5 - 0.5 * cos(PI * (from + 0.5) / g->edge);
}

int32_t gw_dtmf_gen_render(gw_dtmf_gen *g, int16_t *out, int32_t n) {
    int32_t due = g->total - g->position;
    n = n < due ? n : due;
    for (int32_t i = 0; i < n; i++, g->position++) {
        double sum = 0.0;
        if (g->position < g->on) {
            for (int k = 0; k < 2; k++) {
                double c = g->cosine[k], s = g->sine[k];
                sum += g->amplitude[k] * s;
                g->cosine[k] = c * g->step_cosine[k] - s * g->step_sine[k];
                g->sine[k] = s * g->step_cosine[k] + c * g->step_sine[k];
            }
            sum *= envelope(g);
        }
        out[i] = (int16_t)lrint(sum > 32767.0 ? 32767.0 : sum < -32768.0 ? -32768.0 : sum);
    }
    return n > 0 ? n : 0;
}
