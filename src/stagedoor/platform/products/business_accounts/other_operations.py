"""The operations on Spark codes, URL properties, callback URLs, categories and hashtags."""

from __future__ import annotations

from dataclasses import replace

from ...model import Empty
from ...operation import AnyOf, Effect, Resource, Retry
from ..business.common import COMMON_ACCOUNT, COMMON_APP, PREFIX, case
from ..business.product import ACCOUNT_HOLDER, APP, GRANTABLE_HOLDER
from .callbacks import Callback, CallbackDeletion, CallbackQuery, CallbackSetting
from .market import Benchmark, BenchmarkQuery, HashtagQuery, HashtagSuggestions
from .properties import (
    UrlPropertyAnswer,
    UrlPropertyList,
    UrlPropertyQuery,
    UrlPropertyRequest,
)
from .spark import SparkCode, SparkExtension, SparkPost, SparkSetting

_SPARK = replace(ACCOUNT_HOLDER, resource=Resource.POSTING, scopes=AnyOf(("biz.spark.auth",)))
_SPARK_ERRORS = (
    *COMMON_ACCOUNT,
    case(40130, "the scope isn't granted"),
    case(40007, "unknown post"),
)

POST_AUTHORIZE_SETTING = _SPARK.operation(
    "post_authorize_setting",
    "POST",
    f"{PREFIX}/business/post/authorize/setting/",
    request=SparkSetting,
    response=SparkCode,
    summary="Let a post be used in ads by a code, or end that",
    action="Authorise posts for ads",
    effect=Effect.WRITE,
    errors=_SPARK_ERRORS,
    source="business-accounts.yaml post_authorize_setting",
)

POST_AUTHORIZE = _SPARK.operation(
    "post_authorize",
    "POST",
    f"{PREFIX}/business/post/authorize/",
    request=SparkExtension,
    response=SparkCode,
    summary="Extend the life of a post's code for ads",
    action="Authorise posts for ads",
    effect=Effect.WRITE,
    errors=_SPARK_ERRORS,
    source="business-accounts.yaml post_authorize",
)

POST_AUTHORIZE_STATUS = _SPARK.operation(
    "post_authorize_status",
    "GET",
    f"{PREFIX}/business/post/authorize/status/",
    request=SparkPost,
    response=SparkCode,
    summary="Read a post's code for ads",
    action="Read codes for ads",
    retry=Retry.SAFE,
    errors=_SPARK_ERRORS,
    confidence="medium",
    source="business-accounts.yaml post_authorize_status",
)

POST_AUTHORIZE_DELETE = _SPARK.operation(
    "post_authorize_delete",
    "POST",
    f"{PREFIX}/business/post/authorize/delete/",
    request=SparkPost,
    response=SparkCode,
    summary="Delete a post's code for ads",
    action="Authorise posts for ads",
    effect=Effect.WRITE,
    errors=_SPARK_ERRORS,
    source="business-accounts.yaml post_authorize_delete",
)

PROPERTY_ADD = APP.operation(
    "property_add",
    "POST",
    f"{PREFIX}/business/property/add/",
    request=UrlPropertyRequest,
    response=UrlPropertyAnswer,
    summary="Add a URL property, and get what proves that it is yours",
    action="Manage URL properties",
    effect=Effect.WRITE,
    errors=COMMON_APP,
    confidence="medium",
    source="business-accounts.yaml property_add",
)

PROPERTY_VERIFY = APP.operation(
    "property_verify",
    "POST",
    f"{PREFIX}/business/property/verify/",
    request=UrlPropertyRequest,
    response=UrlPropertyAnswer,
    summary="Have TikTok check the proof of a URL property",
    action="Manage URL properties",
    effect=Effect.WRITE,
    errors=(*COMMON_APP, case(40007, "unknown URL property")),
    confidence="medium",
    source="business-accounts.yaml property_verify",
)

PROPERTY_DELETE = APP.operation(
    "property_delete",
    "POST",
    f"{PREFIX}/business/property/delete/",
    request=UrlPropertyRequest,
    response=Empty,
    summary="Delete a URL property",
    action="Manage URL properties",
    effect=Effect.WRITE,
    errors=(*COMMON_APP, case(40007, "unknown URL property")),
    confidence="medium",
    source="business-accounts.yaml property_delete",
)

PROPERTY_LIST = APP.operation(
    "property_list",
    "GET",
    f"{PREFIX}/business/property/list/",
    request=UrlPropertyQuery,
    response=UrlPropertyList,
    summary="List the app's URL properties",
    action="Manage URL properties",
    retry=Retry.SAFE,
    errors=COMMON_APP,
    confidence="medium",
    source="business-accounts.yaml property_list",
)

WEBHOOK_UPDATE = APP.operation(
    "webhook_update",
    "POST",
    f"{PREFIX}/business/webhook/update/",
    request=CallbackSetting,
    response=Callback,
    summary="Set the callback URL of a kind of events",
    action="Manage webhooks",
    effect=Effect.WRITE,
    errors=COMMON_APP,
    source="business-accounts.yaml webhook_update",
)

WEBHOOK_LIST = APP.operation(
    "webhook_list",
    "GET",
    f"{PREFIX}/business/webhook/list/",
    request=CallbackQuery,
    response=Callback,
    summary="Read the callback URL of a kind of events",
    action="Manage webhooks",
    retry=Retry.SAFE,
    errors=COMMON_APP,
    source="business-accounts.yaml webhook_list",
)

WEBHOOK_DELETE = APP.operation(
    "webhook_delete",
    "POST",
    f"{PREFIX}/business/webhook/delete/",
    request=CallbackDeletion,
    response=Callback,
    summary="Delete the callback URL of a kind of events, or some of its posts",
    action="Manage webhooks",
    effect=Effect.WRITE,
    errors=(*COMMON_APP, case(40007, "no callback URL")),
    source="business-accounts.yaml webhook_delete",
)

BUSINESS_BENCHMARK = GRANTABLE_HOLDER.operation(
    "business_benchmark",
    "GET",
    f"{PREFIX}/business/benchmark/",
    request=BenchmarkQuery,
    response=Benchmark,
    summary="Read the averages of a business category",
    action="Read benchmarks",
    retry=Retry.SAFE,
    errors=COMMON_ACCOUNT,
    confidence="medium",
    source="business-accounts.yaml business_benchmark",
)

BUSINESS_HASHTAG_SUGGESTION = GRANTABLE_HOLDER.operation(
    "business_hashtag_suggestion",
    "GET",
    f"{PREFIX}/business/hashtag/suggestion/",
    request=HashtagQuery,
    response=HashtagSuggestions,
    summary="Suggest hashtags that begin with a word",
    action="Read benchmarks",
    retry=Retry.SAFE,
    errors=COMMON_ACCOUNT,
    confidence="medium",
    source="business-accounts.yaml business_hashtag_suggestion",
)
