"""Slots: what a question can ask for, how one tells that it does, and what in a clause fills it.

A score tells badly that a document is about the right thing and does not say the one thing asked (DESIGN.md), so what is
asked is read from the question and looked for in the evidence. Each slot has two patterns over folded text: words
of asking, and what a clause prints where it answers. They are general to the field, made for no document.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NUMBER = r"[\d〇零一二两三四五六七八九十百千万亿.]+"


class Slot(NamedTuple):
    """One thing that can be asked for; `chinese` and `english` name it to a person."""

    asked: re.Pattern[str]
    fills: re.Pattern[str]
    chinese: str
    english: str


SLOTS: dict[str, Slot] = {
    "amount": Slot(
        re.compile(
            r"(?:房租|租金|费用|工资|补贴|奖励|奖金|补助)(?:是)?(?:怎么|咋|如何)(?:算|收|计)|(?:盘子|规模|力度|资金|额)(?:有)?多大|多大(?:规模|力度)|奖(?:了|励)?多少|多少(?![年月天人岁米户家分次钱平])(?!工本|手续)[一-鿿]{0,4}(?<![免收缴消])费(?![用率心力劲]|尽)|\bthe most (?:i|we|one|you|that)\b|ceiling|face value|how (?:large|big) (?:is|are|of) (?:an? |the |that |this |my |our )?(?:\w+ )?(?:loan|grant|fine|award|subsid|fund|prize|bonus|reward|allowance|payment|discount|stipend)|maximum|upper limit|多少(?:钱|元|万|块|费|资金|补|奖|经费)|(?:一个?|每)(?:月|年|平|亩|头)(?:能|可以|给|领|拿|补)?多少|"
            r"(?:贷|领|拿|给|补|奖|借|发|享受|申请|报销|补贴|补助|资助|奖励|金额|额度)[^，。？！,?!]{0,6}多少(?!人|家|个|天|年|次|项|条|户)|几(?:万|千|百|块|元|毛|分钱)|"
            r"(?:工资|薪水|收入|年薪|租金|房租|价格|费用|学费|报名费)[^，。？！,?!]{0,6}(?:多少|几)|(?:最高|最多|上限)[^，。？！,?!]{0,6}(?:多少|几)|额度|多大额|how much|maximum (?:loan|amount)|what (?:prize|cash|sum|grant money|reward)|"
            r"what amount"
        ),
        re.compile(
            rf"{NUMBER}\s*(?:万|亿|千|百)?\s*元|\d\s*[万亿](?![人家户个次])|\d\s*%|百分之|倍|免费|全额|零费用|0成本|[一二三四五六七八九两]折|减半|[:：]\d{{2,}}(?:\.\d+)?(?=;|；|$)"
        ),
        "金额",
        "the amount",
    ),
    "number": Slot(
        re.compile(
            r"多少|(?<![好哪十们們])几(?:个|家|人|天|年|次|项|户|名|所|处|件|间|支|期)|比例|占比|百分之|how many|how long|what (?:share|percentage|number)"
        ),
        re.compile(
            r"\d|[一二三四五六七八九十两百]+(?:个|家|年|人|次|天|项|名|类|种|日|月|户|万)|百分之|半|首"
        ),
        "具体数量",
        "the number",
    ),
    "phone": Slot(
        re.compile(
            r"(?<!打)(?<!打了)(?<!接)电话|热线|联系方式|手机号|phone|telephone|hotline|\b(?:whom?|number) (?:\w+ ){1,3}(?:call|ring)\b|\b(?:which|what) number (?:handles|deals|is (?:for|to)|to)\b"
        ),
        re.compile(r"\d{3,4}-?\d{7,8}|1\d{10}|12\d{3}"),
        "电话",
        "a telephone number",
    ),
    "papers": Slot(
        re.compile(
            r"(?:什么|哪些|啥|要带?)(?!\S{0,3}(?:堆|好多|很多|太多|那么多|这么多))\S{0,4}(?:材料|证件|手续(?!费)|资料|表格)|what (?:documents|papers|materials)|"
            r"what (?:do|should|must) i (?:have to )?(?:hand in|submit|bring|provide|prepare)"
        ),
        re.compile(
            r"身份证|户口[簿本]|申请表|申请书|申报表|复印件|证明(?!人)|承诺书|协议书|劳动合同|(?:提交|携带|准备|所需|备齐)[^.;]{0,8}材料[^.;]{0,4}[:：]"
        ),
        "所需材料",
        "the papers needed",
    ),
    "address": Slot(
        re.compile(
            r"在哪(?:条|一条)(?:街|路)|street and number|\b(?:what|which) street\b|\b(?:what|which)(?: is|'s)? (?:\w+ ){0,3}address\b|\baddress of\b|(?:\bthe|\bits|\btheir|\byour|\ban) address\?|where exactly|哪条(?:街|路)|哪栋|几楼|地址(?:是|在|[?？]|$)|(?:什么|哪个|具体)地址|门牌|具体位置|哪个地方(?:上课|办公|交|办理)|where (?:exactly )?is (?:the|your)|what (?:is the )?address"
        ),
        re.compile(r"(?:路|街|道|巷)\d+(?:-\d+)?号|\d+号(?:楼|院)|大道\d|\d+[楼层室]|窗口"),
        "地址",
        "an address",
    ),
    "interest": Slot(
        re.compile(
            r"年息|月息|贴(?:多少|几个?点?)(?:的)?息|贴息(?:比例|多少|几)|几个点(?:的)?(?:利|息)|(?:利率|利息)[^，。？！,.?!]{0,6}(?:多少|几|怎么|如何|多高|高不高)|(?:多少|多高|几个点)\S{0,3}(?:利率|利息)|what (?:is the )?interest|interest rate"
        ),
        re.compile(r"利率[^.;]{0,14}\d|lpr|基点|免息|无息|全额贴息|贴息[^.;]{0,12}\d|年息"),
        "利率或利息",
        "the interest rate",
    ),
    "deadline": Slot(
        re.compile(
            r"(?:什么|啥)时候|何时|哪(?:一)?[年天日]|几月|(?<!电话)(?<!手机)几号(?!窗口|楼)|截止|期限|多久|多长时间|when (?:is|are|do|does|did|will|can|was|were|must|should|may)\b|by when|deadline|how long|how fast|how soon"
        ),
        re.compile(
            r"\d+(?:\.\d+)?\s*(?:个)?(?:月|日|天|工作日|小时|周)|(?<!\d)\d{1,2}年(?!代)|[一二三四五六七八九十两半]+\s*(?:个)?(?:年|月|日|天|小时|工作日)|十[一二三四五]五|当场|即时|期满|截止|以内"
        ),
        "时间或期限",
        "the time or deadline",
    ),
    "date": Slot(
        re.compile(
            r"几月几?[号日]?(?!个)|(?<!电话)(?<!手机)几号(?!窗口|楼)|哪(?:一)?天|截止|(?:什么|啥)时候(?:开始|能|可以|正式|才)*(?:申请|申报|报名|受理|登记|交|递|报(?!销|废|答))|"
            r"when (?:can|do|does|should) (?:i|we|the|one)\b.{0,20}(?:apply|open|register|hand in|submit|file)|application (?:deadline|window)"
        ),
        re.compile(
            r"\d{1,2}月\d{1,2}日|\d{1,2}月(?:和|、|至|到)\d{1,2}月|\d{1,2}月(?:底|初|中旬|上旬|下旬|份)|每年\d|每季度|每月\d|截止|截至\d{4}年|全年|随时|常年|年底前"
        ),
        "日期或截止时间",
        "the date or closing day",
    ),
    "frequency": Slot(
        re.compile(
            r"多久[^,.?!，。？！]{0,6}[一1][次回遍场届批轮]|(?:隔|每)多(?:久|长时间)|[几多]少?年[一1][次回届评]|(?:按|每个?)月\S{0,4}还是\S{0,4}(?:按|每|[一1])(?:季|年)|how (?:often|frequently)"
        ),
        re.compile(
            r"每(?:年|月|季|周|日|天|半年|[一两二三四五\d]+(?:个)?(?:年|月|季|周|天))|[一两二三四五半\d]+年[一1](?:次|届|评)|定期|年度|常态化"
        ),
        "多久一次",
        "how often",
    ),
    "department": Slot(
        re.compile(
            r"找(?:谁|哪)|(?:哪个|哪些|什么|哪一个|哪几个|何)(?:\S{0,4})(?:部门|单位|局|机构|窗口|委)|设在哪(?:个|儿|里|[?？。]|$)|谁(?:负责|管|来管|牵头)|(?:各|分别)归谁|归谁(?:管|负责|拨|批|办|发|审)|归\S{0,6}管|去哪(?:里|儿)?(?:办|申请|问)|"
            r"(?:部门|单位|局)\S{0,8}(?:负责|牵头)|责任单位|牵头单位|who (?:is|are|do|should|handles|can help)|which one (?:looks after|handles|deals with|is in charge)|who looks after|which (?:\w+ ){0,2}(?:department|agency|bureau|office|authorit|unit)|"
            r"where (?:do|can|should) i (?:go|apply|ask)|whom"
        ),
        re.compile(r"局|委|办公室|部门|中心|银行|支行|厅|政府|单位|所|院"),
        "负责部门",
        "the department in charge",
    ),
    "age": Slot(
        re.compile(
            r"多大(?:年纪|岁数|年龄)|[几多]少?岁(?!的|了)|年龄(?:要求|限制|条件|上限|下限|有|是|能|多|卡|怎)|岁数(?:大|有|限|多)|超龄|too old|too young|how old|age limit|"
            r"(?:upper|lower|maximum|minimum) age"
        ),
        re.compile(r"周岁|\d岁|年龄|年满"),
        "年龄要求",
        "an age limit",
    ),
    "bank": Slot(
        re.compile(r"(?:哪|什么|啥)(?:些|几|个|一)?(?:家|个)?银行|(?:which|what) banks?"),
        re.compile(
            r"(?:中国|农业|工商|建设|交通|储蓄|邮储|招商|兴业|中信|光大|民生|浦发|平安|农商|农村商业|村镇|城市商业|开发|(?<![种个业的作受办商])[一-鿿]{2}(?<!商业|合作|承办|经办|各家|辖内|引导|鼓励|推动|支持|受托|放贷|贷款|协调|组织|金融|民营|外资|国有|投资))银行|"
            r"信用(?:联)?社"
        ),
        "承办银行",
        "the bank",
    ),
    "hours": Slot(
        re.compile(
            r"几点|上下班|(?:上班|营业|办公|开放)时间|开门|周末(?:能|可以|办|上班|开)|(?:一天|每天|每周|每日)\S{0,8}(?:几|多少)(?:个)?(?:小时|钟头|钟)|opening hours|office hours|what time|open on|when (?:is|are|does|do) (?:\w+ ){1,4}open"
        ),
        re.compile(
            r"\d{1,2}:\d{2}|上午|下午|工作日(?!内)|\d+(?:个)?小时|周[一二三四五六日末]|节假日|双休|错时"
        ),
        "时间安排",
        "the hours",
    ),
    "fee": Slot(
        re.compile(
            r"(?:怎么|怎样|如何|咋)收费|收(?:多少|几(?:块|元|钱|百|千|成|个点))|(?:需|须|要)不?(?:需|须|要)?(?:另外|自己|本人)?(?:付费|交钱|收费)|(?:要|需要|得|用)(?:不要|不用)?(?:交|收|付|缴|掏)(?:什么|多少|几|点)?\S{0,3}(?:费|钱)|手续费|工本费|收费(?:吗|标准|多少|不)|要钱(?:吗|不)|花钱(?:吗|不)|免费(?:吗|不|的吗)|报名费|押金|\bfees?\b|\bcosts? (?:me |us )?(?:anything|money)\b|"
            r"\bcharge"
        ),
        re.compile(r"(?<!经|消|公|浪)(?<!研发)费(?!用补|率)|收取|押金|[0零]成本|\bfee|charge"),
        "收费",
        "a fee",
    ),
    "online": Slot(
        re.compile(
            r"(?:能|可以|可不可以|能不能|在哪个|哪个|什么)\S{0,6}(?:网上|线上|网站|网址|手机|小程序|公众号|app|平台上)|(?:网上|线上|手机上)(?:能|可以|办|申|报|怎|咋|如何|弄)|apply online|which website|\bonline\b|"
            r"(?<![a-z])app(?![a-z])"
        ),
        re.compile(
            r"网上|线上|网站|网址|网络|平台|系统|小程序|(?<![a-z])app(?![a-z])|公众号|掌上|一网|在线|全程网办|www"
        ),
        "网上办理的途径",
        "a way online",
    ),
    "quota": Slot(
        re.compile(r"名额|多少(?:个)?(?:指标)|招(?:收|录)?多少|how many (?:places|slots|seats)\b"),
        re.compile(r"名额|\d+\s*(?:余)?(?:人|名|家|个|户|项|位)"),
        "名额",
        "the number of places",
    ),
    "score": Slot(
        re.compile(
            r"评分|打分|[多少几]+分(?!钟|之|期|次)|分数|(?:评审|评选|认定)标准|怎么评|\bscor|criteria"
        ),
        re.compile(r"分值|评分|得分|\d+分(?!钟|之|期)|评审(?:标准|指标|细则)|指标体系"),
        "评分标准",
        "the scoring",
    ),
    "both": Slot(
        re.compile(
            r"(?:能|可以|可)(?:不能|不可以)?加(?:起来|在一起)(?!算)|加(?:起来|在一起)(?:领|拿|享受|免|报|补|申请)|叠加|(?:可以|能|能不能|可不可以)同时(?:享受|领|拿|申请(?!几)|报)|两(?:份|样|笔|头|边)\S{0,4}都(?:能|可以|领|拿|给)|再(?:领|拿|来|享受)一(?:回|次|份|遍|轮)|各领各|"
            r"一家(?:子|人)?(?:只|就)?(?:给|能领|能拿|领)一[份次]|只能(?:选|拿|领|要)(?:一|其中)|重复(?:领|享受|申请)|\b(?:claim|have|receive|get) both(?! parents)\b"
        ),
        re.compile(
            r"就高|不(?:得|能|可)?(?:重复|叠加|累加|兼得|同时)|择[一优]|选择(?:一|其|较|免|按)|其中[一1][项种](?=享受|申请|申领|发放|补|奖)|只(?:能)?(?:享受|领取?|发|补|给|办|申请|按)(?:[一1](?!次性|线)|其中)|"
            r"(?:可以?|能)(?:同时|叠加|累计|分别|重复|各自)|叠加|分别(?:申领|申请|享受|计算|发放)|同时(?:享受|(?:符合|具备|满足)[^,;]{0,6}(?:[两二多几]|以上))|按(?:较|最)?高的|最高[一1][项次]|(?:发|给|办|领|享受)[一1]次(?!性)"
        ),
        "能否同时享受",
        "whether both can be had",
    ),
    "guarantor": Slot(
        re.compile(
            r"(?:要不要|需要|需不需要|要|得)(?:找)?\S{0,4}(?:担保人|反担保|抵押|质押|保证人)|(?:谁|什么|啥|没有?)\S{0,6}(?:抵押|担保人)|collateral|guarantors?\b"
        ),
        re.compile(r"抵押|质押|反担保|保证人|免担保|信用贷|担保人|担保方式"),
        "抵押或担保要求",
        "collateral or a guarantor",
    ),
    "penalty": Slot(
        re.compile(
            r"(?:会|怎么|要|被)(?:怎么)?(?:罚|处罚|追究)|罚(?:多少|款|钱|不罚)|挨罚|有什么后果|违约金|penalt|\b(?:be|get|how much .{0,20}) fined\b|\b(?:the|a|what|any) fines?\b|consequence"
        ),
        re.compile(r"罚|追回|收回|退还|退回|责任|处分|停发|失信|撤销|不再|查处|违约"),
        "处罚或后果",
        "a penalty",
    ),
    "appeal": Slot(
        re.compile(r"申诉|复议|不服|去哪(?:里|儿)?(?:投诉|举报)|怎么(?:投诉|举报)|appeal|complain"),
        re.compile(r"申诉|复议|投诉|举报|复核|异议|监督电话|诉讼"),
        "申诉或投诉的途径",
        "a way to appeal",
    ),
    "residence": Slot(
        re.compile(
            r"(?:要|需要|必须|限|非|没有?|外地|本地)\S{0,4}(?:户口|户籍)|hukou|household registration"
        ),
        re.compile(r"户籍|户口|常住|居住证|落户|本市居民|不受户籍"),
        "户籍要求",
        "the residence required",
    ),
    "renewal": Slot(
        re.compile(
            r"(?:能|可以|可不可以|怎么|怎样|再)\S{0,4}(?:续(?:期|贷|签|租|约)|延期|展期)|(?:extend|renew)(?:ed|al)?\b"
        ),
        re.compile(r"续[期贷签租约]|延期|展期|延长|延续|再次"),
        "续期或展期",
        "an extension",
    ),
    "payout": Slot(
        re.compile(
            r"(?:钱|款|补贴|补助|奖金)(?:是)?(?:事?先|提前)(?:给|发|拨|付)(?![谁息清])|(?:先|提前)(?:给|发|拨|付)(?:钱|款)?还是|(?:一次性|分期|分几[次年期]|按月|怎么)(?:就)?(?:发|给|拨|付|打)(?!展|现|布)|(?:什么时候|啥时候|多久|几时|几月份?|几号|几天)\S{0,4}(?:到账|到手|到卡|发放|发下来|拨|打到|打进|打一?回|打给)|in one go|instal?ments?|paid out"
        ),
        re.compile(
            r"拨付|拨款|分\S{1,3}(?:期|年|次|批)|一次性|按月|按年|按季|按比例|每月|发放|到账|兑现|首期|预拨"
        ),
        "发放方式或时间",
        "how it is paid",
    ),
    "area": Slot(
        re.compile(
            r"多大(?:面积|的?(?:地|场地|房|办公))|多少(?:个)?(?:平|平方|平米|亩)|how (?:big|large)(?! (?:is|are|of) (?:\w+ ){0,2}(?:loan|grant|fine|award|subsid|fund|prize|bonus|reward|allowance|payment|discount|stipend))|square met"
        ),
        re.compile(r"平方米|㎡|m2|\d亩|公顷|平米"),
        "面积",
        "the area",
    ),
    "form": Slot(
        re.compile(
            r"(?:表|范本|样本|模板|合同)[^,.;?，。；？]{0,8}(?:编号|几号表|叫什么|(?:在)?(?:哪|哪里|哪儿|哪个网站)(?:下载|下|领|拿|取))|(?:哪|哪里|哪儿)(?:能|可以)?下载|form number|(?:where|can) .{0,30}\bdownload\b"
        ),
        re.compile(r"下载|附件\s*\d*|编号|官网|网站|网址|平台|小程序|app|窗口领取|表样|表\d"),
        "表格的编号或领取处",
        "the form and where to get it",
    ),
    "insurer": Slot(
        re.compile(
            r"(?:哪家|哪个|什么)(?:保险)?公司(?:在|来)?(?:承保|保的|赔)|哪家保险|(?:哪家|哪个)保险公司|which insur\w+|insurance company"
        ),
        re.compile(
            r"人保|人寿|国寿|平安|太平洋|太保|财险|[一-鿿]{2,10}保险(?:股份|有限)?公司(?!承[保办])|共保体|承保机构[:：]"
        ),
        "承保的公司",
        "the insurer",
    ),
    "mail": Slot(
        re.compile(r"邮箱|传真|电子邮件|e-?mail|\bfax\b"),
        re.compile(r"@|邮箱|传真|电子邮件"),
        "邮箱或传真",
        "an e-mail address or fax number",
    ),
    "paying": Slot(
        re.compile(
            r"(?:刷卡|微信|支付宝|扫码|现金)(?:交|付|支付|缴)?(?:吗|行不|可以|能)|(?:能|可以)(?:不能)?(?:用)?(?:微信|支付宝|刷卡|刷[^,，。？?]{0,3}卡|现金|扫码)|(?:开|有|给)(?:不开|没有)?发票[吗不没]|pay (?:by|with) (?:card|cash|wechat|phone)"
        ),
        re.compile(r"刷卡|微信|支付宝|扫码|现金|发票|银行卡|转账"),
        "付款方式或发票",
        "how to pay, or an invoice",
    ),
    "person": Slot(
        re.compile(
            r"哪(?:位|个)(?:领导|市长|县长|干部|专家|老师|负责人)|谁(?:签发|签的|签字|批的)|叫什么名字|who signed|name of the (?:person|official|contact)"
        ),
        re.compile(
            r"签发人|[一-鿿]{2,3}等(?:专家|教授|研究员|老师|院士|同志)|(?:教授|研究员|院士)[一-鿿]{2,3}(?=[,、等])|(?:市长|县长|区长|局长|主任|书记|组长|联系人)\s*[:：]?\s*[一-鿿]{2,3}(?=[,.;、)]|$)"
        ),
        "具体的人",
        "a person's name",
    ),
    "venue": Slot(
        re.compile(
            r"(?:在|到|去)(?:哪(?:里|儿|个地方)?|什么地方)(?:上课|培训|考试|参加|面试|领取?|举办|比赛)|where (?:is|are|does|do|will)\b.{0,30}\b(?:held|take place|class|training)"
        ),
        re.compile(
            r"地点|设在|位于|(?:路|街|道|巷)\d+|(?:学院|学校|基地|中心|大厦|会场|园区)(?:举办|举行|进行|上课|培训)"
        ),
        "地点",
        "the place",
    ),
}

# What is counted: 几年, 多少套. Only a number with that unit, or one of the same sort, answers.
COUNTED = re.compile(
    r"(?<![好哪十们這这那])(?:几|多少)\s*(?:个)?(?P<unit>年|个?月|天|日|小时|工作日|周|套|家|户|人|名|位|次|项|所|件|亩|平方米|平|公里|吨|辆|支|期|处|间|台|张|节|门)(?!钱|元|级|底|初|份)"
)
DURATION = r"(?:个)?(?:年(?!代|度|底|末|初)|个?月(?!\d|底|初|份)|天|日(?!前|起)|小时|工作日|周(?!岁|年))"
SAME_SORT: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"年", "月", "个月", "天", "日", "小时", "工作日", "周", "期"}), DURATION),
    (frozenset({"人", "名", "位"}), "(?:余|多)?[人名位]"),
    (frozenset({"家", "户", "所", "处", "支"}), "(?:余|多)?(?:家|户|个(?!月|工作|小时|百分|季)|所|处|支)"),
    (frozenset({"平", "平方米", "亩"}), "(?:平|㎡|m2|亩)"),
)


# English words for what is counted -> the unit that Chinese clauses print.
ENGLISH_UNITS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\bhow (?:many|long)\b(?: more| other| such)?(?: [a-z-]+)?? (?:{words})\b"), unit)
    for words, unit in (
        ("years?|months?|weeks?|days?|hours?", "年"),
        ("people|persons?|workers?|students?|graduates?|trainees?|veterans?", "人"),
        ("firms?|companies|businesses|enterprises|households|shops|incubators?|bases?", "家"),
        ("square met(?:re|er)s?|mu", "平方米"),
        ("times", "次"),
        ("cases", "件"),
    )
)


def counted(folded: str) -> re.Pattern[str] | None:
    """What a clause has to print where a question counts something: 几年 wants a duration; None where it counts nothing.

    A calendar year (2025年) is no duration.
    """
    match = COUNTED.search(folded)
    printed = (
        match["unit"] if match else next((u for asked, u in ENGLISH_UNITS if asked.search(folded)), None)
    )
    if printed is None:
        return None
    unit = next((sort for units, sort in SAME_SORT if printed in units), printed)
    number = r"(?<!\d)(?:\d{1,3}(?:[,.]\d+)?|\d{5,}|\d{4}(?!年)|[〇一二两三四五六七八九十百千万半]+)"
    # 5万人次, 人次达到100万; and the cell of a table, 小学计划:120
    cell = "" if unit == DURATION else r"|(?<!序号)(?<!份数)(?<!编号)[:：]\s*\d+\s*(?:[;；]|$)"
    return re.compile(rf"{number}\s*[余多万]?{unit}|{unit}[^,.;]{{0,6}}{number}{cell}")


# 什么时候能建成, and not how long it takes, nor when one applies: a year in which something is to be reached answers it.
REACHED = re.compile(
    r"建成|建好|实现|达到|完成|做到|搞到|搞成|到多少|突破|全覆盖|哪一?年|目标|力争|培育|\b(?:reach|achieve|complete|finish|build|built|target|what year|which year)"
)
HOW_LONG = re.compile(r"多久|多长|几(?:个)?(?:月|天|日|小时|年)|how (?:long|fast|soon)")
TARGET_YEAR = re.compile(r"[到至于前]\s*\d{4}年|\d{4}年(?:[底末前]|以前)|力争\d{4}年")


def names_the_year(folded: str, text: str) -> bool:
    """Whether a text says by which year something is to be, where a question asks for the time and not how long.

    >>> names_the_year("什么时候建成?", "到2031年建成"), names_the_year("要等多久?", "到2031年建成")
    (True, False)
    """
    return (
        bool(REACHED.search(folded))
        and HOW_LONG.search(folded) is None
        and TARGET_YEAR.search(text) is not None
    )


# Of several slots that one wording asks for the narrower counts: 利率是多少 asks for no sum.
NARROWER: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (
        frozenset({"amount", "interest", "phone", "age", "hours", "quota", "score", "area", "fee"}),
        frozenset({"number"}),
    ),
    (frozenset({"age", "hours", "score", "area"}), frozenset({"amount"})),
    (frozenset({"date", "hours", "payout", "frequency"}), frozenset({"deadline"})),
    (frozenset({"frequency"}), frozenset({"number"})),
)
# What is missed besides slots, as a person is told it.
OTHER_NAMES: dict[str, tuple[str, str]] = {
    "year": ("所问的年份", "the year asked about"),
    "named": ("所问的这一项", "what exactly is asked about"),
    "group": ("所问的这类人", "the group asked about"),
}


def slots_of(folded: str) -> frozenset[str]:
    """The names of the slots that a folded question asks for.

    >>> sorted(slots_of("年利率是多少"))
    ['interest']
    """
    found = {name for name, slot in SLOTS.items() if slot.asked.search(folded)}
    for narrow, wide in NARROWER:
        if found & narrow:
            found -= wide
    return frozenset(found)


def name_of(slot: str) -> tuple[str, str]:
    """The name of a slot, or of another thing that is missed, in Chinese and English."""
    return OTHER_NAMES[slot] if slot in OTHER_NAMES else (SLOTS[slot].chinese, SLOTS[slot].english)
