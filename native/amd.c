/*
 * Answering-machine hint: the voice timing of the first seconds after the answer, and steady tones. One frame is 20
 * ms, the voice activity detector's.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "resample.h"

#include "vad.h"

#include "amd.h"

enum {
    FRAME_MS = 20,
    SILENT_MS = 4000,   /* ours: the longest that a person takes from lifting the handset to the first word */
    GREETING_MS = 2200, /* ours: a name and a greeting take up to 2 s; Asterisk's default of 1.5 s cuts them */
    PAUSE_MS = 800, /* Asterisk's default for the silence after a greeting; pauses inside one are 0.5 s at most */
    OVER_MS = 1500, /* ours: a machine that is silent for that long has said what it has to say */
    VOICE_MS = 80,  /* ours: shorter sounds are clicks */
    BEEP_MS = 120,  /* ours: whole frames of the shortest beeps of machines, 150 to 200 ms */
    BEEP_MAX_MS = 3000, /* longer tones are a fax or a line fault */
    GAP_FRAMES = 1      /* a frame that the tone only fills in part */
};

static const float BEEP_LOW_HZ = 400.0F, BEEP_HIGH_HZ = 2600.0F; /* ours: machines beep at 440, 1000 or 1400 Hz */
static const float BEEP_MEAN_SQUARE = 260000.0F; /* LSB^2, -30 dBm0: a machine's beep is as loud as its voice */
static const float BEEP_RESIDUE = 0.03F;         /* power that is not the tone: 15 dB under it */
static const float BEEP_STEADY_HZ = 6.0F;        /* ours: from frame to frame; voices glide more */
static const float BEEP_STEADY_POWER = 0.2F;     /* ours: likewise, 0.8 dB */

void gw_amd_init(gw_amd *amd, int32_t sample_rate) {
    memset(amd, 0, sizeof *amd);
    amd->sample_rate = sample_rate == 16000 ? 16000 : 8000;
    amd->frame = amd->sample_rate / 50;
    amd->first_voice = amd->last_voice = -1;
    gw_vad_init(&amd->vad, amd->sample_rate);
}

static void emit(gw_amd *amd, int32_t kind, int64_t voice_ms, float hz) {
    if (amd->n_pending == GW_AMD_PENDING) {
        amd->lost++;
        return;
    }
    amd->pending[amd->n_pending++] =
        (gw_amd_event){.kind = kind, .voice_ms = (int32_t)voice_ms, .at = amd->frames * amd->frame, .hz = hz};
}

/* One sine alone obeys x[i] + x[i-2] = 2 cos(w) x[i-1]: w by least squares, or 0 when there is no tone. */
static int one_tone(const gw_amd *amd, float *hz, float *power) {
    float sum = 0.0F, square = 0.0F, product = 0.0F, a = amd->tail[0], b = amd->tail[1];
    for (int32_t i = 0; i < amd->frame; i++) {
        float c = amd->samples[i], outer = a + c;
        sum += outer * outer;
        square += b * b;
        product += outer * b;
        a = b;
        b = c;
    }
    if (square < BEEP_MEAN_SQUARE * (float)amd->frame) return 0;
    float turn = product / square, residue = sum - turn * product;
    if (!(fabsf(turn) < 2.0F) || residue > BEEP_RESIDUE * (2.0F + turn * turn) * square) return 0;
    *hz = acosf(turn / 2.0F) / 6.2831853F * (float)amd->sample_rate;
    *power = square;
    return *hz >= BEEP_LOW_HZ && *hz <= BEEP_HIGH_HZ;
}

static void follow_tone(gw_amd *amd) {
    float hz = 0.0F, power = 0.0F;
    int tone = one_tone(amd, &hz, &power);
    int same = tone && fabsf(hz - amd->tone_hz) < BEEP_STEADY_HZ &&
               fabsf(power - amd->tone_power) < BEEP_STEADY_POWER * amd->tone_power;
    if (same && amd->tone_frames > 0) {
        amd->tone_frames += 1 + amd->tone_gap;
        amd->tone_gap = 0;
        return;
    }
    if (amd->tone_frames > 1 && ++amd->tone_gap <= GAP_FRAMES) return;
    int32_t ms = amd->tone_frames * FRAME_MS;
    if (ms >= BEEP_MS && ms <= BEEP_MAX_MS) emit(amd, GW_AMD_BEEP, ms, amd->tone_hz);
    amd->tone_gap = 0;
    amd->tone_frames = tone;
    amd->tone_hz = hz;
    amd->tone_power = power;
}

static void follow_voice(gw_amd *amd, int speech) {
    if (speech) {
        if (amd->first_voice < 0) amd->first_voice = amd->frames - 1;
        amd->last_voice = amd->frames;
        if (amd->decided == GW_AMD_MACHINE) amd->over = 0;
    }
    int64_t voice_ms = amd->first_voice < 0 ? 0 : (amd->last_voice - amd->first_voice) * FRAME_MS;
    int64_t pause_ms = (amd->frames - (amd->last_voice < 0 ? 0 : amd->last_voice)) * FRAME_MS;
    if (amd->decided == GW_AMD_MACHINE) {
        if (!amd->over && pause_ms >= OVER_MS) {
            amd->over = 1;
            emit(amd, GW_AMD_GREETING_OVER, voice_ms, 0.0F);
        }
        return;
    }
    if (amd->decided) return;
    if (amd->first_voice >= 0 && voice_ms < VOICE_MS && pause_ms >= PAUSE_MS) { /* a click */
        amd->first_voice = -1;
    } else if (amd->first_voice < 0) {
        if (amd->frames * FRAME_MS >= SILENT_MS) amd->decided = GW_AMD_SILENT;
    } else if (voice_ms >= GREETING_MS) {
        amd->decided = GW_AMD_MACHINE;
    } else if (pause_ms >= PAUSE_MS) {
        amd->decided = GW_AMD_HUMAN;
    }
    if (amd->decided) emit(amd, amd->decided, voice_ms, 0.0F);
}

static int32_t deliver(gw_amd *amd, gw_amd_event *out, int32_t out_max) {
    int32_t n = amd->n_pending < out_max ? amd->n_pending : out_max;
    for (int32_t i = 0; i < n; i++) out[i] = amd->pending[i];
    amd->n_pending -= n;
    memmove(amd->pending, amd->pending + n, (size_t)amd->n_pending * sizeof amd->pending[0]);
    return n;
}

int32_t gw_amd_feed(gw_amd *amd, const int16_t *samples, int32_t n, gw_amd_event *out, int32_t out_max) {
    int32_t written = deliver(amd, out, out_max);
    while (n > 0) {
        int32_t room = amd->frame - amd->fill, part = n < room ? n : room;
        memcpy(amd->samples + amd->fill, samples, (size_t)part * sizeof *samples);
        amd->fill += part;
        samples += part;
        n -= part;
        if (amd->fill < amd->frame) continue;
        gw_vad_frame decision = {0};
        gw_vad_feed(&amd->vad, amd->samples, amd->frame, &decision, 1);
        amd->fill = 0;
        amd->frames++;
        follow_tone(amd);
        memcpy(amd->tail, amd->samples + amd->frame - 2, sizeof amd->tail);
        follow_voice(amd, decision.speech);
        if (written < out_max) written += deliver(amd, out + written, out_max - written);
    }
    return written;
}

void gw_amd_feed_many(gw_amd *const *amds, const int16_t *samples, int32_t channels, int32_t stride, int32_t n,
                      gw_amd_event *out, int32_t *counts, int32_t out_max_each) {
    for (int64_t c = 0; c < channels; c++)
        counts[c] = gw_amd_feed(amds[c], samples + c * stride, n, out + c * out_max_each, out_max_each);
}
