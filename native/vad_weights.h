enum { GW_VAD_HIDDEN = 20 };
static const float STAY_LOGIT=0, BEGIN_LOGIT=0, OUTPUT_BIAS=0,TRACE_BIAS=0,TRACE_WEIGHTS[GW_VAD_TRACES]={1};
static const float HIDDEN_BIAS[20]={0};
static const float HIDDEN_WEIGHTS[GW_VAD_FEATURES][20]={{0}};
static const float OUTPUT_WEIGHTS[20]={0};
