/*
 * The loop's commands to the media threads, down one ring a direction. Each is carried out when the bridge asks for
 * the next frame of its direction; one that finds its ring full is refused and counted.
 */
#include <string.h>

#include "tap_state.h"

int32_t gw_tap_command(gw_tap *tap, gw_ring *ring, const gw_command *command) {
    if (tap->closing) return GW_CLOSED;
    if (!gw_ring_push(ring, command)) {
        tap->commands_refused++;
        return GW_FULL;
    }
    return GW_OK;
}

int32_t gw_tap_play(gw_tap *tap, int64_t play_id, const gw_clip *clips, int32_t n_clips, int32_t flags) {
    if (n_clips < 0 || (n_clips > 0 && clips == NULL)) return GW_BAD_VALUE;
    for (int32_t i = 0; i < n_clips; i++) {
        if (clips[i].n < 0 || (clips[i].n > 0 && clips[i].samples == NULL)) return GW_BAD_VALUE;
    }
    if (!tap->closing && tap->n_unended == GW_PLAYS_MAX) {
        tap->commands_refused++;
        return GW_FULL;
    }
    gw_command c = {.kind = GW_CMD_PLAY,
                    .play_id = play_id,
                    .clips = clips,
                    .n_clips = n_clips,
                    .flags = flags,
                    .keys_seen_inband = tap->keys_seen_inband,
                    .keys_seen_rfc4733 = tap->keys_seen_rfc4733};
    int32_t result = gw_tap_command(tap, &tap->to_tx, &c);
    if (result == GW_OK) tap->n_unended++;
    return result;
}

int32_t gw_tap_stop(gw_tap *tap, int64_t play_id) {
    return gw_tap_command(tap, &tap->to_tx, &(gw_command){.kind = GW_CMD_STOP, .play_id = play_id});
}

int32_t gw_tap_stop_all(gw_tap *tap) {
    return gw_tap_command(tap, &tap->to_tx, &(gw_command){.kind = GW_CMD_STOP_ALL});
}

int32_t gw_tap_tone(gw_tap *tap, double hz, double level_dbm0) {
    gw_tone tried;
    if (!gw_tone_start(&tried, tap->rate, hz, level_dbm0)) return GW_BAD_VALUE;
    return gw_tap_command(tap, &tap->to_tx, &(gw_command){.kind = GW_CMD_TONE, .hz = hz, .level_dbm0 = level_dbm0});
}

int32_t gw_tap_tone_off(gw_tap *tap) {
    return gw_tap_command(tap, &tap->to_tx, &(gw_command){.kind = GW_CMD_TONE_OFF});
}

int32_t gw_tap_send_digit(gw_tap *tap, int32_t digit) {
    if (digit == 0 || memchr("0123456789*#ABCD", digit, 16) == NULL) return GW_BAD_VALUE;
    return gw_tap_command(tap, &tap->to_tx, &(gw_command){.kind = GW_CMD_SEND_DIGIT, .value = digit});
}

int32_t gw_tap_detect(gw_tap *tap, int32_t on) {
    return gw_tap_command(tap, &tap->to_rx, &(gw_command){.kind = GW_CMD_DETECT, .value = on != 0});
}

int32_t gw_tap_key_mask(gw_tap *tap, uint32_t keys) {
    return gw_tap_command(tap, &tap->to_rx,
                          &(gw_command){.kind = GW_CMD_KEY_MASK, .value = (int32_t)(keys & 0xFFFF)});
}

/* Both directions take part, so both rings must have room before either gets the command. */
static int32_t both(gw_tap *tap, const gw_command *c) {
    if (!tap->closing && (gw_ring_room(&tap->to_rx) == 0 || gw_ring_room(&tap->to_tx) == 0)) {
        tap->commands_refused++;
        return GW_FULL;
    }
    int32_t result = gw_tap_command(tap, &tap->to_tx, c);
    return result == GW_OK ? gw_tap_command(tap, &tap->to_rx, c) : result;
}

int32_t gw_tap_echo(gw_tap *tap, int32_t on) {
    return both(tap, &(gw_command){.kind = GW_CMD_ECHO, .value = on != 0});
}

int32_t gw_tap_measure(gw_tap *tap, int32_t window_ms, int32_t repeat) {
    if (window_ms < 0) return GW_BAD_VALUE;
    return both(tap, &(gw_command){.kind = GW_CMD_MEASURE, .value = window_ms, .repeat = repeat != 0});
}

int32_t gw_tap_detect_voice(gw_tap *tap, int32_t on) {
    return gw_tap_command(tap, &tap->to_rx, &(gw_command){.kind = GW_CMD_VOICE, .value = on != 0});
}

int32_t gw_tap_detect_progress(gw_tap *tap, int32_t plan) {
    if (plan >= GW_PLANS) return GW_BAD_VALUE;
    return gw_tap_command(tap, &tap->to_rx, &(gw_command){.kind = GW_CMD_PROGRESS, .value = plan});
}
