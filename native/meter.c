/*
 * Meter of one direction. Sums are exact and frames are 20 ms of samples, so the chunks in which samples come
 * change nothing. The noise floor is the quietest 0.1 s of the last 3 s, as speech pauses more often than that (the
 * idea of minimum statistics: R. Martin, IEEE Trans. Speech and Audio Processing, 2001).
 */
#include <math.h>
#include <stdint.h>

#include "level.h"
#include "meter.h"

enum { PART_FRAMES = 19 }; /* 8 parts of 19 frames: 3.04 s */

static const float FLOOR_BIAS = 1.13F; /* the least 0.1 s of 3 s of white noise lies 0.5 dB under its mean */
static const double SILENT_MEAN_SQUARE = 2605.0; /* LSB^2, -50 dBm0: 30 dB under speech (ITU-T P.830) */
static const double IDLE_MEAN_SQUARE = 64.0;     /* LSB^2: A-law says zero as 8 (ITU-T G.711) */
static const float SILENCE_DBM0 = -99.0F;
static const float SINE_MEAN_SQUARE = 536870912.0F; /* LSB^2 of a full-scale sine, +3.14 dBm0 (ITU-T G.711) */
static const float FULL_SCALE_SINE_DBM0 = 3.14F;

void gw_audio_meter_init(gw_audio_meter *meter, int32_t sample_rate) {
    *meter = (gw_audio_meter){.sample_rate = sample_rate == 16000 ? 16000 : 8000};
}

static void follow_floor(gw_audio_meter *meter, float mean_square) {
    meter->recent[meter->frames % GW_METER_RECENT] = mean_square;
    float sum = 0.0F;
    int32_t known = meter->frames < GW_METER_RECENT ? (int32_t)meter->frames + 1 : GW_METER_RECENT;
    for (int32_t i = 0; i < known; i++) sum += meter->recent[i];
    float mean = sum / (float)known;
    if (meter->frames == 0 || meter->minima_frames == PART_FRAMES) {
        for (int i = GW_METER_MINIMA - 1; i > 0; i--) meter->minima[i] = meter->minima[i - 1];
        meter->minima[0] = mean;
        meter->minima_frames = 0;
        if (meter->minima_count < GW_METER_MINIMA) meter->minima_count++;
    }
    meter->minima[0] = fminf(meter->minima[0], mean);
    meter->minima_frames++;
    meter->frames++;
}

static void end_frame(gw_audio_meter *meter) {
    double n = (double)meter->frame.n, mean = (double)meter->frame.sum / n;
    double mean_square = (double)meter->frame.sum_of_squares / n - mean * mean;
    meter->silent = mean_square < SILENT_MEAN_SQUARE ? meter->silent + meter->frame.n : 0;
    meter->idle = mean_square <= IDLE_MEAN_SQUARE ? meter->idle + meter->frame.n : 0;
    follow_floor(meter, (float)fmax(mean_square, 0.0));
    gw_level_reset(&meter->frame);
}

void gw_audio_meter_feed(gw_audio_meter *meter, const int16_t *samples, int32_t n) {
    int32_t frame = meter->sample_rate / 50;
    while (n > 0) {
        int32_t room = frame - (int32_t)meter->frame.n;
        int32_t part = n < room ? n : room;
        gw_level_add(&meter->frame, samples, part);
        gw_level_add(&meter->level, samples, part);
        samples += part;
        n -= part;
        if (meter->frame.n == frame) end_frame(meter);
    }
}

void gw_audio_meter_feed_many(gw_audio_meter *const *meters, const int16_t *samples, int32_t channels,
                              int32_t stride, int32_t n) {
    for (int64_t c = 0; c < channels; c++) gw_audio_meter_feed(meters[c], samples + c * stride, n);
}

static float floor_dbm0(const gw_audio_meter *meter) {
    float least = meter->minima[0];
    for (int32_t i = 1; i < meter->minima_count; i++) least = fminf(least, meter->minima[i]);
    if (meter->minima_count == 0 || least < 1e-6F) return SILENCE_DBM0; /* 1e-6: what rounding leaves of nothing */
    return fmaxf(10.0F * log10f(FLOOR_BIAS * least / SINE_MEAN_SQUARE) + FULL_SCALE_SINE_DBM0, SILENCE_DBM0);
}

void gw_audio_meter_read(gw_audio_meter *meter, int32_t restart, gw_audio_report *report) {
    *report = (gw_audio_report){.samples = meter->level.n,
                                .rms_dbm0 = gw_level_rms_dbm0(&meter->level),
                                .peak_dbm0 = gw_level_peak_dbm0(&meter->level),
                                .dc = gw_level_dc(&meter->level),
                                .clipped = meter->level.clipped,
                                .noise_floor_dbm0 = floor_dbm0(meter),
                                .silent_ms = meter->silent * 1000 / meter->sample_rate,
                                .idle_ms = meter->idle * 1000 / meter->sample_rate};
    if (restart) gw_level_reset(&meter->level);
}
