"""Receiver: whom a sentence of a policy gives something, told from how it is built and its nouns.

A support is of use to a reader only if somebody like the reader receives it: 对成效明显的基地给予补助 helps no
shopkeeper. The words that name the receiver are looked for behind 对, 为, 向 and before 给予, then before 可 and
享受, then behind 支持, 鼓励, 允许; its last noun says what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Sort: TypeAlias = Literal["person", "firm", "institution", "authority", "unsaid"]

GIVES = r"(?:给予|予以|进行(?:奖励|补贴|补助)|提供|实行|落实|发放|实施|开通|免收|减免|减征|免征|退还|返还|补贴|补助|奖励|搭建|放宽|简化|推行|一次性)"
GIVEN_TO = re.compile(
    rf"(?<![面针应结反核比相])(?:对于?|为|向|给)(?!(?:了|此|准|主|主体|目标|基础|核心))(?P<who>[^,，。;；:：]{{2,60}}?)[,，]?(?:[按依根][^,，。]{{0,16}}[,，]?)?(?:可以?|将|优先|免费|每[年月][^,，。]{{0,8}}|市|县|区|一律|全部|分别|适当|适度|一次性)?{GIVES}"
)
CLAIMED_BY = re.compile(
    r"(?:^|[,，。;；:：])(?P<who>[^,，。;；:：]{2,50}?)[,，]?(?:均|都|也|还)?(?:可(?:以|按|向|在|凭|持|由|申请|享受|比照|优先|自愿|自主|免)|享受|优先申请|有权|免费)"
)
ENCOURAGED = re.compile(r"(?:允许|支持|鼓励|引导|帮助|扶持|吸引|资助|组织|将)(?P<who>[^,，。;；:：]{2,60})")
# 返乡人员新建生产线的,给予补助: who does what is rewarded opens the sentence.
DOES = re.compile(
    rf"^(?:第[一二三四五六七八九十百\d]+条\s*|[（(]?[一二三四五六七八九十\d.]+[、)）.]?\s*|答[:：])?(?P<who>[^,，。;；:：]{{2,40}})(?=.*{GIVES})"
)
ACTS_ON = re.compile(r"创[办立]|开办|招用|吸纳|新建|引进|举办|购买|租用|入驻|认定为|评为")
# 入驻创业园的,免收租金: who does it is not named.
UNNAMED = re.compile(
    r"(?:首次)?(?:入驻|搬[迁入]|进[入驻]|租[用赁]|购[买置]|使用|参加|取得|获得|从事|开展|创办|开办|领取|带动|吸纳|招用|经(?![营济])|未(?!就业)|按照?|凭|其(?![他余]))"
)
FIRST_NOUN_BY = 16
"""Characters by which the noun of who does it has begun."""
PERSON = r"创业者|创客|个体工?商?户|农牧?户|人员|人才|人选|毕业生|大?学生|军人|士兵|农民工|农牧?民|职工|员工|妇女|青年|居民|家庭|个人|群众|群体|专家|教师|团队|配偶|子女|劳动者|老年人|老人|残疾人|儿童|学员|创始人|市民|业主|市场主体|经营主体|家长|父母|母亲|租户|参保人|申请人|者(?=$|[的等,，、在可])"
FIRM = r"企业|公司|商户|合作社|农场|用人单位|商家|店铺|门店|单位"
INSTITUTION = r"院校|高校|学校|院所|研究所|研究院|机构|银行|基金|基地|园区|平台|中心|孵化器|(?:众创)?空间|载体|联盟|协会|学会|商会|地区|区县|县区|旗区|乡镇|街道|部门|事业单位|政府|(?:保险|担保|小贷|小额贷款|投资|租赁)公司|实验室|媒体|社会资本|社会力量|国有企业|创业园|试验区|示范区|站点?|队伍|产业|行业"
NOUN = re.compile(rf"(?P<institution>{INSTITUTION})|(?P<person>{PERSON})|(?P<firm>{FIRM})")
# Between two nouns of one name no verb stands: 高校、科研院所的科研人员, but 银行|改造企业流程.
VERB = re.compile(
    r"招[用聘收]|吸纳|购[买置]|取得|租[用赁]|使用|签订|组织|聘|建[设立成]|改造|开[展办设]|提供|利用|设立|参与|投资|承[接担]|创[办立业]|发起|入驻|从事|拓展|完善|增设|开发|发展|采取|升级|实行|落实|培[养育训]|引进|通过|依托|组建|[为向将对把让使由与到在]"
)
WITHIN_NAME = 10
"""Characters between two nouns of one name."""
# Opens what an authority does for itself, or for everybody's surroundings.
OWN_WORK = re.compile(
    r"(?:(?:充分|切实|积极|大力|全面|深入|着力|继续|努力|不断|认真|主动|加快|进一步|持续|逐步|有效|更好|适时|定期|统筹|共同|稳步|并|对接|发挥[^,，。发]{1,20}作用)[,，]?){0,6}"
    r"(?:建立|建设|建成|组建|构建|健全|完善|打造|搭建|成立|制定|出台|培育|争取|加大|加强|强化|深化|深入|统筹|宣传|推进|推动|规范|营造|提升|提高|优化|拓展|扩大|发展|形成|配合)"
)
# 对运营成效明显的: bases and platforms are, people are not.
PROVES_ITSELF = re.compile("运营|成效|考核|建设|孵化|评为|评定|认定")
NUMBERING = '-"(（0123456789.一二三四五六七八九十、) '
# To what end: 助力市场主体发展.
PURPOSE = re.compile(r"助力|助推|促进|激发|推动形成|为[^,，。]{2,20}(?:奠定|创造|营造)")
# What makes starting and running a firm easier for whoever does it.
FOR_ANYBODY = re.compile(
    r"营业执照|(?:企业|商事|市场主体|个体[^,，。]{0,4}|工商|住所|注册|开户)登记|登记(?:注册|条件|制度|便利)|企业开办|开办企业|证照|一照多址|一址多照|一[窗网]|全程(?:网办|电子化)|先照后证|名称登记|简易注销|[0零]成本|审批时限|办理时限|注册(?:资本|登记|便利|和经营)|放宽[^,，。]{0,6}准入"
)
STARTING = re.compile(
    r"创业者|创客|创业团队|初创|创[办立][^,，。]{0,8}(?:企业|公司|实体)|首次创[办业]|自主创业|创业群体|入驻|个体(?:工商)?户|小微|微型企业|开办|市场主体|经营主体"
)
SMALL = re.compile(r"小微|个体(?:工商)?户|创业者")
GENERAL_FIRM = re.compile(
    r"(?:符合(?:规定)?(?:条件|要求)的?|有条件的|本[市县区]|[市县]内|全[市县]|县域|各类|广大|受[^,，。受影]{1,8}影响的?|参保|有?意愿的|有[^,，。有需的]{1,8}需求的|新?注册的?|新办的?|[中小微型]|初创期?|新创办|创业|民营|私营|[、和及与等的]){0,12}(?:企业|公司|商户|单位)(?:[(（][^)）]*[)）])?[等的]*(?:在[^,，。]*|[^,，。]*的)?"
)
GENERAL_PERSON = re.compile(
    r"(?:符合(?:规定)?(?:条件|要求)的?|有[^,，。有的]{1,10}的|入驻[^,，。入的]{1,12}的|本[市县区]|[市县]内|全[市县]|各类|广大|自主|创业|创新|重点|办事|[、和及与等的]){0,12}(?:创业者|创客|个体工?商?户|人员|人才|个人|群众|群体|团队|劳动者|居民|市民|市场主体|经营主体|申请人|者)[等的]*(?:在[^,，。]*)?"
)


@dataclass(frozen=True)
class Receiver:
    """Who is given something: of what sort, the words that name it, and whether only certain ones are meant."""

    sort: Sort
    words: str = ""
    certain: bool = False
    """Whether `words` narrows it down: 高新技术企业, 入选计划的人选; not 小微企业, 创业者."""
    starting: bool = False
    """Whether it is somebody who starts or runs a small business."""


def receiver_of(text: str) -> Receiver:
    """Whom a sentence gives something.

    >>> receiver_of("对认定为市级示范的孵化基地给予50万元补助。").sort
    'institution'
    >>> receiver_of("为中小企业提供融资信息服务。")
    Receiver(sort='firm', words='中小企业', certain=False, starting=False)
    """
    anybody = FOR_ANYBODY.search(text) is not None
    patterns = (GIVEN_TO, CLAIMED_BY, ENCOURAGED) if anybody else (GIVEN_TO, CLAIMED_BY, ENCOURAGED, DOES)
    for pattern in patterns:
        for match in pattern.finditer(text):
            words = match["who"]
            if pattern is not GIVEN_TO and UNNAMED.match(words):
                continue
            if pattern is not GIVEN_TO and (
                OWN_WORK.match(words) or not NOUN.search(words[: FIRST_NOUN_BY + 2])
            ):
                continue
            sort, named = _named(words, whole=pattern is GIVEN_TO)
            if words == f"{named}的" and ACTS_ON.search(named):
                sort = "unsaid"  # 对首次创办企业的: who founds it is not named
            else:
                words = named
            small = SMALL if pattern is GIVEN_TO else STARTING
            if sort == "institution" and (anybody or small.search(_told(text))):
                continue  # 支持银行改造小微企业信贷流程: what comes of it is for others
            if sort != "unsaid":
                return Receiver(sort, words, _is_certain(sort, words), STARTING.search(words) is not None)
            if pattern is GIVEN_TO and words.endswith(
                "的"
            ):  # 对成效明显的,给予补助: what is meant stands elsewhere
                starts = STARTING.search(words) is not None
                sort = "person" if starts else "institution" if PROVES_ITSELF.search(words) else "unsaid"
                return Receiver(sort, words, starting=starts)
    if anybody:
        return Receiver("person", starting=True)
    if STARTING.search(_told(text)):
        return Receiver("unsaid", starting=True)
    return Receiver("authority" if OWN_WORK.match(text.lstrip(NUMBERING)) else "unsaid")


def _told(text: str) -> str:
    """A sentence without the parts that only say to what end."""
    return "".join(part for part in re.findall(r"[^,，]+[,，]?", text) if not PURPOSE.match(part))


def _named(words: str, *, whole: bool) -> tuple[Sort, str]:
    """What the last noun of a name is, and the name: of all the words, or of those before the first verb."""
    nouns = list(NOUN.finditer(words))
    if not nouns:
        return "unsaid", words
    last = nouns[-1]
    if not whole:
        last = nouns[0]
        for noun in nouns[1:]:
            gap = words[last.end() : noun.start()]
            if len(gap) > WITHIN_NAME or VERB.search(gap):
                break
            last = noun
    sort: Sort = "institution" if last["institution"] else "person" if last["person"] else "firm"
    return sort, words[: last.end()]


def _is_certain(sort: Sort, words: str) -> bool:
    general = {"person": GENERAL_PERSON, "firm": GENERAL_FIRM}.get(sort)
    return general is None or general.fullmatch(words) is None
