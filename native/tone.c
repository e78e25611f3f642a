/* A rotating vector gives the sine; its length is brought back to 1 in each call, so it neither grows nor fades. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdint.h>

#include "tone.h"

#define FULL_SCALE 32768.0
#define FULL_SCALE_SINE_DBM0 3.14 /* ITU-T G.711, A-law */
#define LOWEST_DBM0 (-70.0)       /* below it a sine is a few LSB: no tone any more */
#define LARGEST 32767.0

int32_t gw_tone_start(gw_tone *tone, int32_t rate, double hz, double level_dbm0) {
    if (!(hz > 0.0 && hz < rate / 2.0 && level_dbm0 >= LOWEST_DBM0 && level_dbm0 <= FULL_SCALE_SINE_DBM0)) return 0;
    double step = 2.0 * M_PI * hz / rate;
    tone->sine = 0.0;
    tone->cosine = 1.0;
    tone->step_sine = sin(step);
    tone->step_cosine = cos(step);
    tone->amplitude = FULL_SCALE * pow(10.0, (level_dbm0 - FULL_SCALE_SINE_DBM0) / 20.0);
    return 1;
}

void gw_tone_render(gw_tone *tone, int16_t *out, int32_t n) {
    double s = tone->sine, c = tone->cosine;
    for (int32_t i = 0; i < n; i++) {
        double y = tone->amplitude * s;
        y = y > LARGEST ? LARGEST : y;
        out[i] = (int16_t)lrint(y);
        double next = s * tone->step_cosine + c * tone->step_sine;
        c = c * tone->step_cosine - s * tone->step_sine;
        s = next;
    }
    double length = sqrt(s * s + c * c);
    tone->sine = s / length;
    tone->cosine = c / length;
}
