/*
 * Call progress: blocks of one class make segments, segments that fit a pattern of the plan one after the other
 * make a signal. A pattern goes on until a segment does not fit it any more.
 */
#include "progress_internal.h"

#include <string.h>

enum {
    BLOCK = GW_PROGRESS_BLOCK,
    SETTLE_BLOCKS = 6, /* 30 ms of another class end a segment: SIT allows gaps of 30 ms (E.180), speech has none */
    LOOK_BLOCKS = 10,  /* a segment that goes on is looked at every 50 ms */
    BLOCK_MS = 5
};

void gw_progress_init(gw_progress *progress, int32_t sample_rate, int32_t plan) {
    memset(progress, 0, sizeof *progress);
    progress->sample_rate = sample_rate == 16000 ? 16000 : 8000;
    progress->plan = plan >= 0 && plan < GW_PLANS ? plan : GW_PLAN_EU;
    progress->class_now = progress->class_next = GW_SEGMENT_SILENCE;
    progress->tone_level_dbm0 = -99.0F;
    progress->active = -1;
    gw_progress_tables(progress);
}

static void emit(gw_progress *progress, const gw_progress_event *event) {
    if (progress->n_pending == GW_PROGRESS_PENDING)
        progress->lost++;
    else
        progress->pending[progress->n_pending++] = *event;
}

static int64_t samples(const gw_progress *progress, int64_t blocks) {
    return blocks * BLOCK * (progress->sample_rate / 8000);
}

static void finish(gw_progress *progress, int64_t at) {
    progress->begun.phase = GW_PROGRESS_END;
    progress->begun.end = samples(progress, at);
    emit(progress, &progress->begun);
    progress->active = -1;
}

/* The segment that goes on, as far as it is known. */
static gw_progress_segment current(const gw_progress *progress, int64_t until) {
    gw_progress_segment now = {.tone = progress->class_now, .start = progress->segment_start, .end = until};
    if (now.tone >= 0) now.tone = gw_progress_identify(progress, now.hz);
    now.level_dbm0 = gw_progress_level(progress);
    return now;
}

static int64_t length_ms(const gw_progress_segment *segment) { return (segment->end - segment->start) * BLOCK_MS; }

static int fits(const gw_plan_element *element, const gw_progress_segment *segment) {
    int64_t ms = length_ms(segment);
    return segment->tone == element->tone && ms >= element->min_ms && ms <= element->max_ms;
}

/* Two segments that follow each other, one on, one off. */
static int even(const gw_progress_segment *one, const gw_progress_segment *other) {
    int64_t on = length_ms(one->tone >= 0 ? one : other), off = length_ms(one->tone >= 0 ? other : one);
    return on + off >= GW_EVEN_CYCLE_MIN_MS && on + off <= GW_EVEN_CYCLE_MAX_MS &&
           100 * on >= GW_EVEN_RATIO_MIN * off && 100 * on <= GW_EVEN_RATIO_MAX * off;
}

/* Does the pattern's end lie here: `need` elements, the last of them `now`? */
static int reached(const gw_progress *progress, const gw_plan_pattern *pattern, const gw_progress_segment *now) {
    if (progress->n_segments < pattern->need - 1) return 0;
    const gw_plan_element *last = &pattern->elements[(pattern->need - 1) % pattern->n];
    if (now->tone != last->tone || length_ms(now) < pattern->sure_ms || length_ms(now) > last->max_ms) return 0;
    for (int32_t back = 1; back < pattern->need; back++)
        if (!fits(&pattern->elements[(pattern->need - 1 - back) % pattern->n], &progress->segments[back - 1]))
            return 0;
    for (int32_t back = 2; pattern->even && back < pattern->need; back++)
        if (!even(&progress->segments[back - 1], &progress->segments[back - 2])) return 0;
    return 1;
}

static void look(gw_progress *progress) {
    const gw_plan *plan = &gw_plans[progress->plan];
    gw_progress_segment now = current(progress, progress->blocks);
    if (progress->active >= 0) {
        const gw_plan_element *element = &plan->patterns[progress->active].elements[progress->element];
        if (length_ms(&now) > element->max_ms) finish(progress, now.tone >= 0 ? now.end : now.start);
        return;
    }
    for (int32_t i = 0; i < plan->n_patterns; i++) {
        const gw_plan_pattern *pattern = &plan->patterns[i];
        if (!reached(progress, pattern, &now)) continue;
        const gw_progress_segment *first = pattern->need > 1 ? &progress->segments[pattern->need - 2] : &now;
        progress->active = i;
        progress->element = (pattern->need - 1) % pattern->n;
        progress->begun = (gw_progress_event){.kind = pattern->kind,
                                              .phase = GW_PROGRESS_BEGIN,
                                              .start = samples(progress, first->start),
                                              .end = -1,
                                              .hz = {first->hz[0], first->hz[1]},
                                              .level_dbm0 = first->level_dbm0};
        emit(progress, &progress->begun);
        return;
    }
}

/* The segment has ended where its class was left: is it what the active pattern asked for? */
static void end_segment(gw_progress *progress, int32_t class_next) {
    gw_progress_segment ended = current(progress, progress->left_at);
    memmove(progress->segments + 1, progress->segments, sizeof progress->segments - sizeof progress->segments[0]);
    progress->segments[0] = ended;
    if (progress->n_segments < GW_PROGRESS_SEGMENTS) progress->n_segments++;
    if (ended.tone >= 0) progress->tone_level_dbm0 = ended.level_dbm0;
    if (progress->active >= 0) {
        const gw_plan_pattern *pattern = &gw_plans[progress->plan].patterns[progress->active];
        if (!fits(&pattern->elements[progress->element], &ended) || pattern->n == 1)
            finish(progress, ended.tone >= 0 ? ended.end : ended.start);
        else
            progress->element = (progress->element + 1) % pattern->n;
    }
    progress->segment_start = ended.end;
    progress->class_now = class_next;
    gw_progress_forget(progress);
}

static void end_block(gw_progress *progress) {
    int32_t class_ = gw_progress_block(progress);
    progress->blocks++;
    if (class_ == progress->class_now) {
        progress->class_count = 0;
    } else {
        if (progress->class_count == 0) progress->left_at = progress->blocks - 1;
        if (class_ != progress->class_next || progress->class_count == 0) progress->class_count = 0;
        progress->class_next = class_;
        if (++progress->class_count >= SETTLE_BLOCKS) {
            end_segment(progress, class_);
            progress->class_count = 0;
        }
    }
    if ((progress->blocks - progress->segment_start) % LOOK_BLOCKS == 0) look(progress);
}

static int32_t take(gw_progress *progress, const int16_t *from, int32_t n) {
    int16_t *to = progress->window + BLOCK + progress->fill;
    int32_t room = BLOCK - progress->fill;
    if (progress->sample_rate == 8000) {
        int32_t part = n < room ? n : room;
        memcpy(to, from, (size_t)part * sizeof *from);
        progress->fill += part;
        return part;
    }
    int32_t wanted = 2 * room - progress->down.waiting;
    int32_t part = n < wanted ? n : wanted;
    progress->fill += gw_downsample(&progress->down, from, part, to);
    return part;
}

static int32_t deliver(gw_progress *progress, gw_progress_event *out, int32_t out_max) {
    int32_t n = progress->n_pending < out_max ? progress->n_pending : out_max;
    for (int32_t i = 0; i < n; i++) out[i] = progress->pending[i];
    progress->n_pending -= n;
    memmove(progress->pending, progress->pending + n, (size_t)progress->n_pending * sizeof progress->pending[0]);
    return n;
}

int32_t gw_progress_feed(gw_progress *progress, const int16_t *x, int32_t n, gw_progress_event *out,
                         int32_t out_max) {
    int32_t written = deliver(progress, out, out_max);
    while (n > 0) {
        int32_t taken = take(progress, x, n);
        x += taken;
        n -= taken;
        if (progress->fill < BLOCK) continue;
        progress->fill = 0;
        end_block(progress);
        if (written < out_max) written += deliver(progress, out + written, out_max - written);
    }
    return written;
}

void gw_progress_feed_many(gw_progress *const *progresses, const int16_t *x, int32_t channels, int32_t stride,
                           int32_t n, gw_progress_event *out, int32_t *counts, int32_t out_max_each) {
    for (int64_t c = 0; c < channels; c++)
        counts[c] = gw_progress_feed(progresses[c], x + c * stride, n, out + c * out_max_each, out_max_each);
}
